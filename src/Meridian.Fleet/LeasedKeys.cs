using System.Collections.Immutable;
using Meridian.State.Shared;

namespace Meridian.Fleet;

/// <summary>
/// Writes this node's own keys, which go with its session: what is newest of each, in bounded transactions, and all of
/// them again in a new session. What cannot be written waits; nobody waits for it.
/// </summary>
public sealed class LeasedKeys : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20); // fifty transactions a second at most
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly ISharedStore _store;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _wanted = new(StringComparer.Ordinal);

    // In the order in which they changed: a word on a whole site stands before those on its targets are taken back.
    private readonly Queue<string> _order = [];
    private readonly HashSet<string> _unwritten = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _bell = new(0);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _isPaused;
    private int _started;
    private long _session;
    private long _written;

    public LeasedKeys(ISharedStore store, TimeProvider time) => (_store, _time) = (store, time);

    /// <summary>Whether nothing is written for the present; what is set meanwhile waits.</summary>
    public bool IsPaused
    {
        get => _isPaused;
        set
        {
            _isPaused = value;
            Wake();
        }
    }

    /// <summary>Keys written since the start.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Keys that wait to be written.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _unwritten.Count;
        }
    }

    /// <summary>Begins to write, once.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            return;
        _running = Task.Run(RunAsync);
        Wake();
    }

    /// <summary>Sets keys, or takes them back.</summary>
    public void Set(IEnumerable<SharedWrite> writes)
    {
        lock (_lock)
        {
            foreach (var (key, value, _) in writes)
            {
                if (_wanted.GetValueOrDefault(key) == value)
                    continue;
                if (value is null)
                    _wanted.Remove(key);
                else
                    _wanted[key] = value;
                Enqueue(key);
            }
        }

        Wake();
    }

    /// <summary>Writes again what a snapshot does not hold as it was written: somebody has taken it away.</summary>
    public void Restore(SharedSnapshot snapshot)
    {
        lock (_lock)
        {
            foreach (var (key, value) in _wanted)
            {
                if (snapshot.Entries.GetValueOrDefault(key)?.Value != value)
                    Enqueue(key);
            }
        }

        Wake();
    }

    /// <summary>The store's session, or its reach, may have changed.</summary>
    public void Wake()
    {
        if (_bell.CurrentCount == 0)
            _bell.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _bell.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _bell.WaitAsync(_stop.Token);
                while (await WriteSomeAsync() is { } pause)
                    await Task.Delay(pause, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    // How long to wait before the next; null where there is nothing to write, or no session to write in.
    private async Task<TimeSpan?> WriteSomeAsync()
    {
        var session = _store.Session;
        if (session == 0 || _isPaused)
            return null;
        var writes = Next(session);
        if (writes.IsEmpty)
            return null;
        var outcome = await _store.CommitAsync(new SharedTransaction(writes), Limit);
        if (outcome is SharedOutcome.Committed)
        {
            Interlocked.Add(ref _written, writes.Length);
            return Pause;
        }

        lock (_lock)
        {
            foreach (var write in writes)
                Enqueue(write.Key);
        }

        return Retry;
    }

    private ImmutableArray<SharedWrite> Next(long session)
    {
        lock (_lock)
        {
            if (session != _session)
            {
                _session = session;
                foreach (var key in _wanted.Keys)
                    Enqueue(key);
            }

            var writes = ImmutableArray.CreateBuilder<SharedWrite>();
            while (writes.Count < SharedTransaction.MaxWrites && _order.TryDequeue(out var key))
            {
                _unwritten.Remove(key);
                writes.Add(new SharedWrite(key, _wanted.GetValueOrDefault(key), Leased: true));
            }

            return writes.ToImmutable();
        }
    }

    private void Enqueue(string key)
    {
        if (_unwritten.Add(key))
            _order.Enqueue(key);
    }
}
