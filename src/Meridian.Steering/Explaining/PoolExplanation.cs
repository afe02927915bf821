using System.Collections.Immutable;

namespace Meridian.Steering.Explaining;

/// <summary>A pool's part in a decision.</summary>
public sealed record PoolExplanation
{
    /// <summary>Place in the order for this client, from 1.</summary>
    public required int Rank { get; init; }

    public required string Name { get; init; }

    public string? Site { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Great-circle distance from the client in kilometres, if both places are known.</summary>
    public double? DistanceKm { get; init; }

    public required int Weight { get; init; }

    /// <summary>
    /// Utilisation by which its weight was made, smoothed: 0 idle, 1 full; null where weights do not follow load, or it
    /// is not known.
    /// </summary>
    public double? Utilisation { get; init; }

    /// <summary>Why its weight is what it is, where weights follow load.</summary>
    public string? WeightReason { get; init; }

    /// <summary>Part of its full share while it comes back from an outage, 0.1 to 1.</summary>
    public required double Share { get; init; }

    public required int Up { get; init; }

    public required int MinHealthy { get; init; }

    public required bool Chosen { get; init; }

    public required ImmutableArray<AddressExplanation> Addresses { get; init; }
}
