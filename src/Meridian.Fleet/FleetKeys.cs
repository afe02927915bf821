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

    public static string Node(string node) => Nodes + node;

    public static string CoverageOf(string node) => Coverages + node;

    public static string Claim(string node, TargetId target) => $"{Claims}{node}/{target}";

    /// <summary>What a node says of a whole site.</summary>
    public static string Group(string node, string site) => $"{Groups}{node}/{site}";

    public static string Override(OverrideTarget target) => Overrides + target.Text;
}
