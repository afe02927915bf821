using System.Collections.Immutable;

namespace Meridian.Api.Contracts;

/// <summary>A cluster of nodes that share a store, as one of them sees it.</summary>
public sealed record FleetStatus
{
    /// <summary>Whether the node follows the shared store; without it, it goes on by itself.</summary>
    public required bool Attached { get; init; }

    /// <summary>Why it does not, in words.</summary>
    public string? Trouble { get; init; }

    /// <summary>What a person must see to.</summary>
    public string? Fault { get; init; }

    /// <summary>Revision of the store that the node knows.</summary>
    public required long Revision { get; init; }

    /// <summary>Keys that the node has written since its start.</summary>
    public required long Written { get; init; }

    /// <summary>Keys that wait to be written.</summary>
    public required int Waiting { get; init; }

    /// <summary>The nodes, by name: those that are here, and those that were and have not been forgotten.</summary>
    public required ImmutableArray<MemberStatus> Nodes { get; init; }
}
