using System.Diagnostics;
using System.Threading.Channels;

namespace Meridian.Kubernetes.Queueing;

/// <summary>
/// Keys that need work. A key waits once however often it is added; one that is added while it is worked on is worked
/// on again afterwards; no two workers hold the same key at a time. A key whose work failed is retried after a delay
/// that doubles.
/// </summary>
public sealed class WorkQueue<TKey> : IDisposable where TKey : notnull
{
    private readonly TimeProvider _time;
    private readonly RetryDelays _delays;
    private readonly Lock _lock = new();
    private readonly HashSet<TKey> _waiting = [];
    private readonly HashSet<TKey> _working = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly Dictionary<TKey, ITimer> _later = [];

    // Unbounded: holds each key at most once.
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();
    private bool _closed;

    public WorkQueue(TimeProvider time, RetryDelays? delays = null) =>
        (_time, _delays) = (time, delays ?? new RetryDelays());

    /// <summary>Keys that are waiting for a worker.</summary>
    public int Depth
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <summary>The key needs work now.</summary>
    public void Add(TKey key)
    {
        lock (_lock)
        {
            if (_closed || !_waiting.Add(key) || _working.Contains(key))
                return;
            _ready.Writer.TryWrite(key);
        }
    }

    /// <summary>The key needs work after a delay, unless somebody adds it earlier.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        lock (_lock)
        {
            if (_closed)
                return;
            if (_later.Remove(key, out var old))
                old.Dispose();
            _later[key] = _time.CreateTimer(_ => Add(key), null, delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The work failed: the key is added again after a delay that doubles with every failure.</summary>
    public void Retry(TKey key)
    {
        int failures;
        lock (_lock)
            _failures[key] = failures = _failures.GetValueOrDefault(key) + 1;
        AddAfter(key, _delays.Of(failures));
    }

    /// <summary>The work succeeded: the next failure counts as the first one.</summary>
    public void Forget(TKey key)
    {
        lock (_lock)
            _failures.Remove(key);
    }

    /// <summary>The next key, which must be given back with <see cref="Done"/>.</summary>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        var key = await _ready.Reader.ReadAsync(cancellationToken);
        lock (_lock)
        {
            _waiting.Remove(key);
            _working.Add(key);
            if (_later.Remove(key, out var timer))
                timer.Dispose();
        }

        return key;
    }

    /// <summary>The worker has finished with the key.</summary>
    public void Done(TKey key)
    {
        lock (_lock)
        {
            var had = _working.Remove(key);
            Debug.Assert(had, "a key was given back that no worker holds");
            if (_waiting.Contains(key))
                _ready.Writer.TryWrite(key);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var timer in _later.Values)
                timer.Dispose();
            _later.Clear();
        }

        _ready.Writer.TryComplete();
    }
}
