using System.Collections.Immutable;

namespace Meridian.Running;

/// <summary>
/// Looks at files once a second, beside everything that serves: notices of changed files do not come for mounted
/// volumes and swapped links, which is how Kubernetes updates files. Each check is guarded by itself.
/// </summary>
internal sealed class FileWatcher(TimeProvider time, Action<string, Exception> failed) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _bell = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private ImmutableArray<(string Name, Action Check)> _checks = [];
    private Task _running = Task.CompletedTask;
    private long _lastTurn = time.GetTimestamp();

    /// <summary>How long checks have taken without an end: reading many files takes a while, a hanging mount for ever.
    /// </summary>
    public TimeSpan SinceLastTurn => time.GetElapsedTime(Volatile.Read(ref _lastTurn));

    /// <summary>Starts to look.</summary>
    /// <param name="checks">What to do every second, and what it is called in the log.</param>
    public void Start(params ImmutableArray<(string Name, Action Check)> checks)
    {
        _checks = checks;
        _running = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Looks at once.</summary>
    public void Wake()
    {
        try
        {
            _bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _bell.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _bell.WaitAsync(Interval, cancellationToken);
                foreach (var (name, check) in _checks)
                    Guard(name, check);
                Volatile.Write(ref _lastTurn, time.GetTimestamp());
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private void Guard(string name, Action check)
    {
        try
        {
            check();
        }
        catch (Exception e)
        {
            failed(name, e);
        }
    }
}
