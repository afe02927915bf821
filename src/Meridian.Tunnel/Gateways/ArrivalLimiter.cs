using System.Collections.Concurrent;
using System.Net;

namespace Meridian.Tunnel.Gateways;

/// <summary>A bucket of tokens for each address that dials.</summary>
internal sealed class ArrivalLimiter(int perSecond, TimeProvider time)
{
    private const int MaxAddresses = 65_536;

    private readonly ConcurrentDictionary<IPAddress, Bucket> _buckets = [];

    /// <summary>Whether one more may come now.</summary>
    public bool TryTake(IPAddress address)
    {
        if (_buckets.Count >= MaxAddresses)
            _buckets.Clear();
        var bucket = _buckets.GetOrAdd(address, _ => new Bucket { Tokens = perSecond * 10, At = time.GetTimestamp() });
        lock (bucket)
        {
            bucket.Tokens = Math.Min(perSecond * 10, bucket.Tokens + (time.GetElapsedTime(bucket.At).TotalSeconds * perSecond));
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
