namespace Meridian.Api.Contracts;

/// <summary>The weight of a pool, and why it is what it is.</summary>
public sealed record WeightStatus
{
    /// <summary>Part of a thousand.</summary>
    public required int Weight { get; init; }

    /// <summary>Utilisation of the pool, smoothed; null where it is not known.</summary>
    public double? Utilisation { get; init; }

    /// <summary>What the capacity that is declared is corrected by.</summary>
    public required double Trim { get; init; }

    public required string Reason { get; init; }
}
