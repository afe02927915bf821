namespace Meridian.Gateway.Bodies;

/// <summary>Ends an attempt when one step of it takes too long.</summary>
/// <param name="source">The source that is cancelled then.</param>
/// <param name="limit">The most that a step may take.</param>
internal readonly struct IdleTimer(CancellationTokenSource source, TimeSpan limit)
{
    public void Start() => source.CancelAfter(limit);

    public void Stop() => source.CancelAfter(Timeout.InfiniteTimeSpan);
}
