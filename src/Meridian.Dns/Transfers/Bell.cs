namespace Meridian.Dns.Transfers;

/// <summary>Wakes one loop that waits; ringing it twice before the loop hears it is ringing it once.</summary>
internal sealed class Bell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    public void Ring()
    {
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already rung.
        }
    }

    /// <summary>Waits until it rings or the time has passed.</summary>
    public Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        _rung.WaitAsync(limit, cancellationToken);

    public void Dispose() => _rung.Dispose();
}
