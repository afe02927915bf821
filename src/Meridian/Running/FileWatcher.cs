using System.Collections.Immutable;

namespace Meridian.Running;

/// <summary>
/// Looks at files once a second, beside everything that serves: notices of changed files do not come for mounted
/// volumes and swapped links, which is how Kubernetes updates files. Each check is guarded by itself.
/// </summary>
internal sealed class FileWatcher(TimeProvider time, Action<string, Exception> failed) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long the end of a node waits for a check that is under way.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    // Reading a million names takes tens of seconds on a busy machine.
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _bell = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private ImmutableArray<(string Name, Action Check)> _checks = [];
    private Task _running = Task.CompletedTask;
    private long _lastTurn = time.GetTimestamp();

    /// <summary>Whether the files have been read for so long that a mount may hang: changes of them do not count.
    /// </summary>
    public bool IsStalled => time.GetElapsedTime(Volatile.Read(ref _lastTurn)) > StallLimit;

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
        await Task.WhenAny(_running, Task.Delay(StopLimit));
        if (!_running.IsCompleted)
            return; // a mount hangs, and the end of the process waits for nobody
        _stop.Dispose(); // and not the bell: others may ring it to the last
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
