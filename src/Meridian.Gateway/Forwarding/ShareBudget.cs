namespace Meridian.Gateway.Forwarding;

/// <summary>
/// How many of the requests of the last ten seconds may be sent again: a share of them, and always a few, so that a
/// failing service does not get its load multiplied (the retry budget of Finagle and Linkerd).
/// </summary>
internal sealed class ShareBudget(TimeProvider time)
{
    private const int Seconds = 10;

    private readonly Lock _lock = new();
    private readonly (long Second, int Requests, int Spent)[] _buckets = new (long, int, int)[Seconds];

    /// <summary>A request came.</summary>
    public void Count()
    {
        lock (_lock)
            Bucket().Requests++;
    }

    /// <summary>Takes one repetition out of the budget; false where there is none left.</summary>
    /// <param name="share">Share of the requests, from 0 to 1.</param>
    /// <param name="always">Repetitions a second that are always allowed.</param>
    public bool TrySpend(double share, int always)
    {
        lock (_lock)
        {
            ref var bucket = ref Bucket();
            if (Left(bucket.Second, share, always) < 1)
                return false;
            bucket.Spent++;
            return true;
        }
    }

    /// <summary>Repetitions that are left.</summary>
    public double Left(double share, int always)
    {
        lock (_lock)
            return Math.Max(0, Left(Bucket().Second, share, always));
    }

    private double Left(long second, double share, int always)
    {
        var (requests, spent) = (0, 0);
        foreach (var bucket in _buckets)
        {
            if (second - bucket.Second >= Seconds)
                continue;
            requests += bucket.Requests;
            spent += bucket.Spent;
        }

        return Math.Max(always * Seconds, requests * share) - spent;
    }

    private ref (long Second, int Requests, int Spent) Bucket()
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        ref var bucket = ref _buckets[second % Seconds];
        if (bucket.Second != second)
            bucket = (second, 0, 0);
        return ref bucket;
    }
}
