using System.Collections.Concurrent;

namespace Meridian.Health.Watching;

/// <summary>
/// Keeps one idle TCP connection to each watched target, so that the death of its process is known when the kernel
/// closes the connection and not at the next probe.
/// </summary>
internal sealed class IdleWatch(TimeProvider time, Action<string, int> closed) : IAsyncDisposable
{
    /// <summary>Connections at one time. The failure of a target beyond it is found by its interval alone.</summary>
    public const int MaxConnections = 10_000;

    private readonly ConcurrentDictionary<(string Target, int Port), WatchedTarget> _watched = [];
    private readonly List<Task> _leaving = [];

    /// <summary>Sets what is watched, and how long to wait before a connection is opened again.</summary>
    public void Update(IEnumerable<(string Target, int Port, TimeSpan Interval)> targets)
    {
        var wanted = targets.GroupBy(t => (t.Target, t.Port)).Take(MaxConnections)
            .ToDictionary(g => g.Key, g => g.Min(t => t.Interval));
        _leaving.RemoveAll(t => t.IsCompletedSuccessfully);
        foreach (var (key, target) in _watched)
        {
            if (wanted.TryGetValue(key, out var interval) && interval == target.Interval)
                continue;
            _watched.TryRemove(key, out _);
            _leaving.Add(target.DisposeAsync().AsTask());
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
