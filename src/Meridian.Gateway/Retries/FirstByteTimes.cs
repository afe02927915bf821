namespace Meridian.Gateway.Retries;

/// <summary>
/// How long answers took to begin: counts in buckets that grow by an eighth, from 0.1 ms to 15 minutes.
/// </summary>
internal sealed class FirstByteTimes
{
    private const int Buckets = 136;
    private const double First = 0.0001;
    private const double Growth = 1.125;

    /// <summary>With fewer times than this, nothing is known of the tail.</summary>
    private const int Enough = 100;

    /// <summary>When so many are counted, all counts are halved, so that old times fade.</summary>
    private const int Fades = 100_000;

    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly int[] _counts = new int[Buckets];
    private int _total;

    public void Add(TimeSpan time)
    {
        var index = (int)(Math.Log(Math.Max(1, time.TotalSeconds / First)) / LogGrowth);
        Interlocked.Increment(ref _counts[Math.Min(index, Buckets - 1)]);
        if (Interlocked.Increment(ref _total) >= Fades)
            Fade();
    }

    /// <summary>The time that a share of the answers did not exceed; null while too few are known.</summary>
    /// <param name="share">From 0 to 1.</param>
    public TimeSpan? Quantile(double share)
    {
        var total = Volatile.Read(ref _total);
        if (total < Enough)
            return null;
        var wanted = total * share;
        var seen = 0L;
        for (var i = 0; i < Buckets; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
                return TimeSpan.FromSeconds(First * Math.Pow(Growth, i + 1));
        }

        return TimeSpan.FromSeconds(First * Math.Pow(Growth, Buckets));
    }

    private void Fade()
    {
        var total = 0;
        for (var i = 0; i < Buckets; i++)
            total += _counts[i] /= 2;
        Volatile.Write(ref _total, total);
    }
}
