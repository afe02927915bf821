namespace Meridian.Gateway.Retries;

/// <summary>
/// How many of the requests of the last ten seconds may be sent again: a share of them, and always a few, so that the
/// load of a failing service is not multiplied (the retry budget of Finagle and Linkerd).
/// </summary>
internal sealed class ShareBudget(TimeProvider time)
{
    private const int Seconds = 10;

    private readonly Lock _lock = new();
    private readonly (long Second, int Requests, int Spent)[] _seconds = new (long, int, int)[Seconds];

    /// <summary>Counts a request that came.</summary>
    public void Count()
    {
        lock (_lock)
            CurrentSecond().Requests++;
    }

    /// <summary>Takes one repetition out of the budget; false where there is none left.</summary>
    /// <param name="share">Share of the requests, from 0 to 1.</param>
    /// <param name="always">Repetitions a second that are always allowed.</param>
    public bool TrySpend(double share, int always)
    {
        lock (_lock)
        {
            ref var now = ref CurrentSecond();
            if (Left(now.Second, share, always) < 1)
                return false;
            now.Spent++;
            return true;
        }
    }

    /// <summary>Repetitions that are left.</summary>
    public double Left(double share, int always)
    {
        lock (_lock)
            return Math.Max(0, Left(CurrentSecond().Second, share, always));
    }

    private double Left(long second, double share, int always)
    {
        var (requests, spent) = (0, 0);
        foreach (var past in _seconds)
        {
            if (second - past.Second >= Seconds)
                continue;
            requests += past.Requests;
            spent += past.Spent;
        }

        return Math.Max(always * Seconds, requests * share) - spent;
    }

    private ref (long Second, int Requests, int Spent) CurrentSecond()
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        ref var current = ref _seconds[second % Seconds];
        if (current.Second != second)
            current = (second, 0, 0);
        return ref current;
    }
}
