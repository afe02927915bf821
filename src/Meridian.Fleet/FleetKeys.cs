using System.Security.Cryptography;
using System.Text;
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
    public const string Owners = "owners/";
    public const string Records = "records/";
    public const string Updates = "updates/";
    public const string Joined = "joined/";
    public const string Zones = "zones/";
    public const string Cookies = "secrets/cookies";

    /// <summary>Whether a key stands for good, and is none that nodes write again by themselves.</summary>
    public static bool IsLasting(string key) => !new[] { Nodes, Coverages, Claims, Groups, Zones }
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

    /// <summary>That what a state folder holds is a copy of the store: nothing in it was there before.</summary>
    public static string JoinedBy(string stateId) => Joined + stateId;

    /// <summary>Who a client with records is. Its id may be long and hold any character, so that a hash stands for it.
    /// </summary>
    public static string Owner(string id) => Owners + Hash(id);

    /// <summary>A client's records of one name, all together: what changes with each other is one value.</summary>
    public static string Record(string owner, string name) => $"{Records}{Hash(owner)}/{name}";

    /// <summary>That dynamic updates have changed a zone; written again with each, so that they are in one order.
    /// </summary>
    public static string Update(string zone) => Updates + Uri.EscapeDataString(zone.ToLowerInvariant());

    /// <summary>The record sets of one name that dynamic updates have changed.</summary>
    public static string UpdateOf(string zone, string owner) => $"{Update(zone)}/names/{owner}";

    /// <summary>The record sets of an update of more names than a transaction takes keys.</summary>
    public static string UpdateBatch(string zone, string id) => $"{Update(zone)}/batches/{id}";

    /// <summary>The version of a zone that all nodes publish.</summary>
    public static string Version(string zone) => $"{ZoneOf(zone)}/version";

    /// <summary>Which process publishes a zone.</summary>
    public static string Publisher(string zone) => $"{ZoneOf(zone)}/publisher";

    private static string ZoneOf(string zone) => Zones + Uri.EscapeDataString(zone.ToLowerInvariant());

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
