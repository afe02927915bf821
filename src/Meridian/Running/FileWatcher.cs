using System.Collections.Immutable;

namespace Meridian.Running;

/// <summary>
/// Looks at files once a second, beside everything that serves: notices of changed files do not come for mounted
/// volumes and swapped links, which is how Kubernetes updates files. Each check has a loop of its own, so that a mount
/// that hangs holds up no file elsewhere, and is guarded by itself.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="changed">Told, once each, what cannot be used, and with null that it can again.</param>
internal sealed class FileWatcher(TimeProvider time, Action<string, string?> changed) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long the end of a node waits for checks that are under way.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    // Reading a million names takes tens of seconds on a busy machine.
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private ImmutableArray<CheckLoop> _loops = [];
    private Task _running = Task.CompletedTask;

    /// <summary>
    /// What has been read for so long that its mount may hang, so that changes of it do not count; null for nothing.
    /// </summary>
    public string? Stalled => _loops.FirstOrDefault(l => time.GetElapsedTime(l.LastTurn) > StallLimit)?.Name;

    /// <summary>
    /// What is looked at, and what is wrong with the files that are there now, while those of before are in force; null
    /// for nothing.
    /// </summary>
    public IEnumerable<(string Name, string? Fault)> Checks => _loops.Select(l => (l.Name, l.Fault));

    /// <summary>Starts to look.</summary>
    public void Start(params ImmutableArray<FileCheck> checks)
    {
        _loops = [.. checks.Select(c => new CheckLoop(c, time, changed))];
        _running = Task.WhenAll(_loops.Select(l => Task.Run(() => l.RunAsync(_stop.Token))));
    }

    /// <summary>Looks at once.</summary>
    public void Wake()
    {
        foreach (var loop in _loops)
            loop.Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_running, Task.Delay(StopLimit, time));
        if (!_running.IsCompleted)
            return; // a mount hangs, and the end of the process waits for nobody
        _stop.Dispose();
        foreach (var loop in _loops)
            loop.Dispose();
    }

    private sealed class CheckLoop(FileCheck check, TimeProvider time, Action<string, string?> changed) : IDisposable
    {
        private readonly SemaphoreSlim _bell = new(0, 1);
        private long _lastTurn = time.GetTimestamp();
        private volatile string? _fault;

        public string Name => check.Name;

        public string? Fault => _fault;

        public long LastTurn => Volatile.Read(ref _lastTurn);

        public void Wake()
        {
            try
            {
                _bell.Release();
            }
            catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
            {
                // It is awake already, or over: others may ring to the last.
            }
        }

        public void Dispose() => _bell.Dispose();

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            // A check that takes long is followed by a pause too: the time counts from its end.
            await using var timer = time.CreateTimer(_ => Wake(), null, Interval, Timeout.InfiniteTimeSpan);
            try
            {
                while (true)
                {
                    await _bell.WaitAsync(cancellationToken);
                    var fault = Look();
                    if (fault != _fault)
                        changed(Name, _fault = fault);
                    timer.Change(Interval, Timeout.InfiniteTimeSpan);
                    Volatile.Write(ref _lastTurn, time.GetTimestamp());
                }
            }
            catch (OperationCanceledException)
            {
                // The node stops.
            }
        }

        private string? Look()
        {
            try
            {
                return check.Check();
            }
            catch (Exception e)
            {
                return $"{Name} cannot be checked, and what was read before is in force: {e.Message}";
            }
        }
    }
}
