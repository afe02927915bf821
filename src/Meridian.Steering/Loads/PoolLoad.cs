namespace Meridian.Steering.Loads;

/// <summary>What is known of the work at a pool at one moment.</summary>
public readonly record struct PoolLoad
{
    /// <summary>
    /// Work that the pool can do at a time, in any unit that the pools of an endpoint share; above 0.
    /// </summary>
    public required double Capacity { get; init; }

    /// <summary>
    /// Work that it has, as a part of its capacity: 0 for idle, 1 for full, more where it queues. Null where nothing is
    /// known.
    /// </summary>
    public double? Utilisation { get; init; }

    /// <summary>
    /// Whether 1 means full. Where no capacity is known, only the ratio of two pools' figures means anything, and
    /// capacities are not learned from them.
    /// </summary>
    public bool IsAbsolute { get; init; }

    /// <summary>How old the figure is.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Whether the pool gets clients at all.</summary>
    public bool Serves { get; init; }

    /// <summary>Whether it comes back from an outage, so that its load shows little.</summary>
    public bool IsRamping { get; init; }
}
