using System.Collections.Concurrent;

namespace Meridian.Health.Watching;

/// <summary>
/// Keeps one idle TCP connection to each watched target, so that the death of its process is known when the kernel
/// closes the connection and not at the next probe.
/// </summary>
internal sealed class IdleWatch(TimeProvider time, Action<string, int> closed) : IAsyncDisposable
{
    /// <summary>Connections at one time; targets beyond it are found by interval alone.</summary>
    public const int MaxConnections = 10_000;

    private readonly ConcurrentDictionary<(string Target, int Port), WatchedTarget> _watched = [];
    private readonly List<Task> _leaving = [];

    /// <summary>Sets what is watched.</summary>
    public void Update(IEnumerable<(string Target, int Port, TimeSpan Interval)> targets)
    {
        var wanted = targets.GroupBy(t => (t.Target, t.Port)).Take(MaxConnections)
            .ToDictionary(g => g.Key, g => g.Min(t => t.Interval));
        _leaving.RemoveAll(t => t.IsCompletedSuccessfully);
        foreach (var key in _watched.Keys.Where(k => !wanted.ContainsKey(k)))
        {
            if (_watched.TryRemove(key, out var gone))
                _leaving.Add(gone.DisposeAsync().AsTask());
        }

        foreach (var (key, interval) in wanted)
        {
            if (!_watched.ContainsKey(key))
                _watched[key] = new WatchedTarget(key.Target, key.Port, interval, time, closed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_watched.Values.Select(w => w.DisposeAsync().AsTask()).Concat(_leaving));
    }
}
