using Meridian.Fleet.Votes;
using Meridian.Model.Verdicts;

namespace Meridian.Fleet;

/// <summary>Where things stand in the shared store.</summary>
public static class FleetKeys
{
    public const string Format = "format";
    public const string Nodes = "nodes/";
    public const string Coverages = "coverage/";
    public const string Claims = "claims/";
    public const string Groups = "groups/";
    public const string Overrides = "overrides/";
    public const string KnownNodes = "known/";
    public const string Drains = "drains/";

    /// <summary>Whether a key stands for good, and not only while the session of its node lasts.</summary>
    public static bool IsLasting(string key) => !new[] { Nodes, Coverages, Claims, Groups }
        .Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    public static string Node(string node) => Nodes + node;

    public static string CoverageOf(string node) => Coverages + node;

    public static string Claim(string node, TargetId target) => $"{Claims}{node}/{target}";

    /// <summary>What a node says of a whole site.</summary>
    public static string Group(string node, string site) => $"{Groups}{node}/{site}";

    /// <summary>That a node has joined at some time.</summary>
    public static string KnownNode(string node) => KnownNodes + node;

    public static string Drain(string node) => Drains + node;

    public static string Override(OverrideTarget target) => Overrides + target.Text;
}
