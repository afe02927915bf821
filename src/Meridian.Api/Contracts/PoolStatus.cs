using System.Collections.Immutable;

namespace Meridian.Api.Contracts;

/// <summary>The state of a pool in an endpoint.</summary>
public sealed record PoolStatus
{
    public required string Name { get; init; }

    public string? Site { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required int Up { get; init; }

    public required int MinHealthy { get; init; }

    /// <summary>Part of its full share while it comes back from an outage.</summary>
    public required double Share { get; init; }

    /// <summary>Its weight by its load, or that of the resource where the policy is Weighted; else null.</summary>
    public WeightStatus? Weight { get; init; }

    public required ImmutableArray<AddressStatus> Addresses { get; init; }
}
