namespace Meridian.Dns.Transfers;

/// <summary>Wakes one waiting loop; setting it twice before the loop wakes counts once.</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    public void Set()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already set.
        }
    }

    /// <summary>Waits until it is set or the time has passed.</summary>
    public Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        _signal.WaitAsync(limit, cancellationToken);

    public void Dispose() => _signal.Dispose();
}
