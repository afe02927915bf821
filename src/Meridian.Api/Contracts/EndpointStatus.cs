using System.Collections.Immutable;

namespace Meridian.Api.Contracts;

/// <summary>The state of an endpoint.</summary>
public sealed record EndpointStatus
{
    public required string Name { get; init; }

    public required string Hostname { get; init; }

    public required bool Enabled { get; init; }

    public required string Policy { get; init; }

    /// <summary>Whether any pool serves; otherwise <c>whenAllDown</c> decides the answer.</summary>
    public required bool Serving { get; init; }

    /// <summary>
    /// Whether that is known: at a node that has just started, nobody may have looked at its pools yet.
    /// </summary>
    public bool Judged { get; init; } = true;

    public required int Ttl { get; init; }

    public required string TtlReason { get; init; }

    public required ImmutableArray<PoolStatus> Pools { get; init; }
}
