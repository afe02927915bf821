namespace Meridian.Bench.Failover;

/// <summary>The ways to die.</summary>
internal enum Death
{
    Refused,
    Process,
    Reset,
    BlackHole,
    Error503,
    Slow,
}
