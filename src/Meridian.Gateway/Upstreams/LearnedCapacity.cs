namespace Meridian.Gateway.Upstreams;

/// <summary>
/// What an address can do at a time, learned from its answers: the number of requests under way at which the 95th
/// percentile of the time to first octet has doubled. Percentiles are kept for doubling numbers of requests, by
/// stochastic approximation on the logarithm (Robbins and Monro, 1951).
/// </summary>
internal sealed class LearnedCapacity
{
    private const int Enough = 50;
    private const double Quantile = 0.95;
    private const double Step = 0.1;

    private readonly Lock _lock = new();
    private readonly Bucket[] _buckets = new Bucket[20];

    /// <summary>Requests; null where it has not been seen to slow down.</summary>
    public int? Requests
    {
        get
        {
            lock (_lock)
            {
                double? idle = null;
                for (var i = 0; i < _buckets.Length; i++)
                {
                    if (_buckets[i].Count < Enough)
                        continue;
                    idle ??= _buckets[i].Logarithm;
                    if (_buckets[i].Logarithm > idle + Math.Log(2))
                        return 1 << (i - 1);
                }

                return null;
            }
        }
    }

    /// <param name="beside">Requests under way, 1 or more.</param>
    /// <param name="firstByte">Time to first octet.</param>
    public void Observe(int beside, TimeSpan firstByte)
    {
        var value = Math.Log(Math.Max(firstByte.TotalSeconds, 1e-6));
        lock (_lock)
        {
            // 1, 2, 3 to 4, 5 to 8 and so on: the last of bucket i is 2^i.
            ref var bucket = ref _buckets[Math.Min(_buckets.Length - 1,
                int.Log2(Math.Max(1, beside - 1)) + (beside > 1 ? 1 : 0))];
            if (bucket.Count++ == 0)
                bucket.Logarithm = value;
            else
                bucket.Logarithm += Step * (value > bucket.Logarithm ? Quantile : Quantile - 1);
        }
    }

    private record struct Bucket(long Count, double Logarithm);
}
