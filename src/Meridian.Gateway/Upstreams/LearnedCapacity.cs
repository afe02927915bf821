namespace Meridian.Gateway.Upstreams;

/// <summary>
/// How much an address can do at a time, learned from its answers: the number of requests under way at which the 95th
/// percentile of the time to first octet has doubled. Percentiles are kept for doubling numbers of requests, by
/// stochastic approximation on the logarithm (Robbins and Monro, 1951).
/// </summary>
internal sealed class LearnedCapacity
{
    // With fewer answers than this, a level says nothing.
    private const int Enough = 50;
    private const double Quantile = 0.95;
    private const double Step = 0.1;

    private readonly Lock _lock = new();
    private readonly Level[] _levels = new Level[20];

    /// <summary>Requests; null where it has not been seen to slow down.</summary>
    public int? Requests
    {
        get
        {
            lock (_lock)
            {
                double? idle = null;
                for (var i = 0; i < _levels.Length; i++)
                {
                    if (_levels[i].Count < Enough)
                        continue;
                    idle ??= _levels[i].Logarithm;
                    if (_levels[i].Logarithm > idle + Math.Log(2))
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
            // 1, 2, 3 to 4, 5 to 8 and so on: the last of level i is 2^i.
            ref var level = ref _levels[Math.Min(_levels.Length - 1,
                int.Log2(Math.Max(1, beside - 1)) + (beside > 1 ? 1 : 0))];
            if (level.Count++ == 0)
                level.Logarithm = value;
            else
                level.Logarithm += Step * (value > level.Logarithm ? Quantile : Quantile - 1);
        }
    }

    private record struct Level(long Count, double Logarithm);
}
