using System.Runtime.InteropServices;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// A token bucket for each source: <paramref name="perSecond"/> arrivals a second, in bursts of ten times as many.
/// Memory and the work for one arrival are bounded, however many sources come. A bucket gives way to another source
/// only once it is full again, so that no source is forgotten while it is limited. Sources that find no room share
/// buckets with their neighbourhood.
/// </summary>
/// <param name="perSecond">Arrivals a second, at least 1.</param>
/// <param name="time">The clock.</param>
/// <param name="capacity">Sources that have a bucket of their own, at most.</param>
internal sealed class ArrivalLimiter(int perSecond, TimeProvider time, int capacity = 65_536)
{
    private const int BurstSeconds = 10;
    private const int SharedBuckets = 1024;

    /// <summary>Buckets that one arrival may examine in search of a full one.</summary>
    private const int MaxExamined = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<ArrivalSource, int> _indexes = [];

    // A bucket is stored as the time at which it is full again. A full bucket is equivalent to none.
    private readonly List<(ArrivalSource Source, long FullAt)> _buckets = [];
    private readonly long[] _shared = new long[SharedBuckets];
    private readonly long _interval = time.TimestampFrequency / perSecond;
    private int _next;

    /// <summary>Sources that have a bucket of their own.</summary>
    public int Count => _buckets.Count;

    /// <summary>Whether one more may come now; one that may not costs its source nothing.</summary>
    public bool TryAdmit(ArrivalSource source)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            return IndexOf(source, now) is { } index
                ? TryTake(ref CollectionsMarshal.AsSpan(_buckets)[index].FullAt, now)
                : TryTake(ref _shared[(uint)source.Neighbourhood.GetHashCode() % SharedBuckets], now);
        }
    }

    // Null where there is no room.
    private int? IndexOf(ArrivalSource source, long now)
    {
        if (_indexes.TryGetValue(source, out var index))
            return index;
        if (_buckets.Count < capacity)
        {
            _buckets.Add((source, now));
            return _indexes[source] = _buckets.Count - 1;
        }

        for (var examined = 0; examined < MaxExamined; examined++)
        {
            index = _next;
            _next = (_next + 1) % capacity;
            if (_buckets[index].FullAt > now)
                continue;
            _indexes.Remove(_buckets[index].Source);
            _buckets[index] = (source, now);
            return _indexes[source] = index;
        }

        return null;
    }

    private bool TryTake(ref long fullAt, long now)
    {
        var after = Math.Max(fullAt, now) + _interval;
        if (after > now + (_interval * perSecond * BurstSeconds))
            return false;
        fullAt = after;
        return true;
    }
}
