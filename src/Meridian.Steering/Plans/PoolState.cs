namespace Meridian.Steering.Plans;

/// <summary>Whether a pool serves, and if not, why.</summary>
public enum PoolState
{
    /// <summary>Some address has no verdict yet, and too few are up.</summary>
    Unknown,

    Up,

    /// <summary>Fewer addresses than <c>minHealthy</c> are up.</summary>
    Down,

    /// <summary>A person drains it.</summary>
    Draining,

    /// <summary>Down by its checks, and kept in the answer by the endpoint's guard.</summary>
    Guarded,
}
