namespace Meridian.Tunnel.Sites;

/// <summary>
/// How long to wait before dialling again: a random part of a span that doubles (full jitter), so that a thousand
/// agents do not return together.
/// </summary>
/// <param name="random">Gives numbers from 0 to less than 1.</param>
internal sealed class RedialDelay(Func<double> random)
{
    /// <summary>The span after the first failure.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);

    /// <summary>The span after many failures.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>A tunnel that lasted longer than this was a good one: the next delay starts over.</summary>
    public static readonly TimeSpan GoodTunnel = TimeSpan.FromSeconds(60);

    private TimeSpan _span = Shortest;

    /// <summary>The delay after one more failure.</summary>
    public TimeSpan Next()
    {
        var delay = _span * random();
        _span = _span * 2 < Longest ? _span * 2 : Longest;
        return delay;
    }

    /// <summary>What a gateway asked for, give or take a half.</summary>
    public TimeSpan Around(TimeSpan asked) => asked * (0.5 + random());

    /// <summary>Starts over from the shortest span.</summary>
    public void Reset() => _span = Shortest;
}
