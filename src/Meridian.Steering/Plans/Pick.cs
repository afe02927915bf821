namespace Meridian.Steering.Plans;

/// <summary>
/// One chosen address: the pool's index in the endpoint and the address's in the pool. Pool −1 is the fallback.
/// </summary>
public readonly record struct Pick(int Pool, int Address);
