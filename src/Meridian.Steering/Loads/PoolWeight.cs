namespace Meridian.Steering.Loads;

/// <summary>The weight of a pool, and what the law remembers of it from tick to tick.</summary>
public sealed record PoolWeight
{
    /// <summary>What steering draws with: the pool's part of <see cref="WeightLaw.Scale"/>.</summary>
    public required int Published { get; init; }

    /// <summary>The weight before it is rounded, in the unit of the capacity.</summary>
    public required double Exact { get; init; }

    /// <summary>The capacity that it was made for.</summary>
    public required double Capacity { get; init; }

    /// <summary>What the declared capacity is corrected by, from 0.5 to 2.</summary>
    public double Trim { get; init; } = 1;

    /// <summary>The utilisation, smoothed; null where it has never been known.</summary>
    public double? Utilisation { get; init; }

    public WeightReason Reason { get; init; }
}
