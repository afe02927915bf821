using System.Collections.Concurrent;
namespace Meridian.Tunnel.Gateways;

/// <summary>
/// A bucket of tokens for each address, or each agent, that comes: so many a second, in bursts of ten times as many.
/// </summary>
internal sealed class ArrivalLimiter<TKey>(int perSecond, TimeProvider time) where TKey : notnull
{
    private const int MaxKeys = 65_536;

    private readonly ConcurrentDictionary<TKey, Bucket> _buckets = [];

    /// <summary>Whether one more may come now.</summary>
    public bool TryTake(TKey key)
    {
        if (_buckets.Count >= MaxKeys)
            _buckets.Clear();
        var bucket = _buckets.GetOrAdd(key, _ => new Bucket { Tokens = perSecond * 10, At = time.GetTimestamp() });
        lock (bucket)
        {
            bucket.Tokens = Math.Min(perSecond * 10,
                bucket.Tokens + (time.GetElapsedTime(bucket.At).TotalSeconds * perSecond));
            bucket.At = time.GetTimestamp();
            if (bucket.Tokens < 1)
                return false;
            bucket.Tokens--;
            return true;
        }
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public long At { get; set; }
    }
}
