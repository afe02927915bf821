using System.Collections.Immutable;
using Meridian.Fleet.Membership;
using Meridian.Fleet.Votes;
using Meridian.Model.Verdicts;

namespace Meridian.Running;

/// <summary>What a node knows of the cluster that it is a part of, at one moment.</summary>
internal sealed record FleetReport
{
    public static FleetReport Empty { get; } = new();

    /// <summary>The nodes whose sessions last, by name.</summary>
    public ImmutableSortedDictionary<string, Member> Members { get; init; } =
        ImmutableSortedDictionary<string, Member>.Empty;

    /// <summary>The nodes that have ever joined and were not forgotten, by name.</summary>
    public ImmutableSortedDictionary<string, KnownNode> Known { get; init; } =
        ImmutableSortedDictionary<string, KnownNode>.Empty;

    /// <summary>The nodes that people have drained, by name.</summary>
    public ImmutableSortedDictionary<string, NodeDrain> Drains { get; init; } =
        ImmutableSortedDictionary<string, NodeDrain>.Empty;

    /// <summary>The verdicts that other nodes have a part in.</summary>
    public ImmutableDictionary<ProbeKey, FleetVerdict> Held { get; init; } =
        ImmutableDictionary<ProbeKey, FleetVerdict>.Empty;

    /// <summary>What this node says of itself.</summary>
    public Member? Self { get; init; }

    /// <summary>Why this node has no opinion at present, or null.</summary>
    public string? Illness { get; init; }

    /// <summary>Whether it follows the shared store.</summary>
    public bool IsAttached { get; init; }

    /// <summary>Why it does not, in words.</summary>
    public string? Trouble { get; init; }

    /// <summary>What a person must see to, or null.</summary>
    public string? Fault { get; init; }

    /// <summary>Revision of the store that is known.</summary>
    public long Revision { get; init; }

    /// <summary>Keys that the node has written since its start.</summary>
    public long Written { get; init; }

    /// <summary>Keys that wait to be written.</summary>
    public int Waiting { get; init; }
}
