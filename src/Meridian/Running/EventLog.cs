using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Meridian.Model.History;

namespace Meridian.Running;

/// <summary>The latest events in memory, and a live feed for each follower.</summary>
internal sealed class EventLog
{
    /// <summary>Events that are kept, as many as the store does: a few megabytes.</summary>
    public const int Kept = 10_000;

    // A follower that does not read loses the oldest; it can read the history again.
    private const int FollowerCapacity = 256;

    private readonly Lock _lock = new();
    private ImmutableList<Channel<HistoryEvent>> _followers = [];
    private ImmutableList<HistoryEvent> _recent;

    public EventLog(IEnumerable<HistoryEvent> past) => _recent = [.. past.Take(Kept)];

    public void Add(HistoryEvent happened)
    {
        lock (_lock)
        {
            _recent = _recent.Insert(0, happened);
            if (_recent.Count > Kept)
                _recent = _recent.RemoveAt(Kept);
            foreach (var follower in _followers)
                follower.Writer.TryWrite(happened);
        }
    }

    public ImmutableArray<HistoryEvent> Recent(int count) => [.. Volatile.Read(ref _recent).Take(count)];

    public async IAsyncEnumerable<HistoryEvent> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<HistoryEvent>(new BoundedChannelOptions(FollowerCapacity)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
        });
        lock (_lock)
            _followers = _followers.Add(channel);
        try
        {
            await foreach (var happened in channel.Reader.ReadAllAsync(cancellationToken))
                yield return happened;
        }
        finally
        {
            lock (_lock)
                _followers = _followers.Remove(channel);
        }
    }
}
