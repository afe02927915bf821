using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Meridian.Gateway.Upstreams;

/// <summary>
/// Whether an address may be chosen, by its own answers and failures and whatever health says: it rests after failures,
/// is spared while it says that it is full, and grows into its share after an outage.
/// </summary>
internal sealed class Availability(TimeProvider time)
{
    /// <summary>Failures in a row after the connection was made that take an address out for a while.</summary>
    public const int FailuresToRest = 3;

    /// <summary>The share of its weight that an address has when it comes back.</summary>
    private const double FirstShare = 0.1;

    /// <summary>More rests in a row than this do not make the next one longer.</summary>
    private const int MaxRests = 16;

    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestFull = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestFull = TimeSpan.FromSeconds(30);

    private long _restsUntil;
    private long _fullUntil;
    private long _recoveredAt;
    private int _failures;
    private int _rests;

    /// <summary>Whether its own failures keep it from being chosen.</summary>
    public bool IsResting => time.GetTimestamp() < Volatile.Read(ref _restsUntil);

    /// <summary>Whether it said that it is full.</summary>
    public bool IsFull => time.GetTimestamp() < Volatile.Read(ref _fullUntil);

    /// <summary>The part of its weight that it has after an outage, from 0.1 to 1.</summary>
    /// <param name="ramp">How long it takes to grow from one to the other.</param>
    public double Share(TimeSpan ramp)
    {
        var start = Volatile.Read(ref _recoveredAt);
        if (start == 0 || ramp <= TimeSpan.Zero)
            return 1;
        return Math.Clamp(FirstShare + ((1 - FirstShare) * (time.GetElapsedTime(start) / ramp)), FirstShare, 1);
    }

    /// <summary>It has answered well: earlier failures no longer count.</summary>
    public void Succeed()
    {
        // Most answers change nothing here, and a read is cheaper than a write that other cores must see.
        if (Volatile.Read(ref _failures) != 0)
            Volatile.Write(ref _failures, 0);
        if (Volatile.Read(ref _rests) != 0)
            Volatile.Write(ref _rests, 0);
    }

    /// <summary>It took a request and failed it.</summary>
    public void Fail()
    {
        if (Interlocked.Increment(ref _failures) >= FailuresToRest)
            Rest();
    }

    /// <summary>No connection could be made: it is not chosen from this moment on.</summary>
    public void Refuse() => Rest();

    /// <summary>It said that it is full.</summary>
    /// <param name="retryAfter">The field <c>Retry-After</c>: seconds, or a date (RFC 9110 section 10.2.3); anything
    /// else counts as a second.</param>
    public void Fill(string? retryAfter)
    {
        var span = int.TryParse(retryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : HeaderUtilities.TryParseDate(retryAfter, out var date) ? date - time.GetUtcNow() : ShortestFull;
        span = span < ShortestFull ? ShortestFull : span < LongestFull ? span : LongestFull;
        Volatile.Write(ref _fullUntil, time.GetTimestamp() + Ticks(span));
    }

    /// <summary>Health says that it is back from an outage.</summary>
    public void Recover()
    {
        Volatile.Write(ref _recoveredAt, time.GetTimestamp());
        Volatile.Write(ref _restsUntil, 0);
        Volatile.Write(ref _failures, 0);
        Volatile.Write(ref _rests, 0);
    }

    private void Rest()
    {
        var times = Math.Min(Interlocked.Increment(ref _rests), MaxRests);
        var span = Math.Min(LongestRest.TotalSeconds, FirstRest.TotalSeconds * (1 << (times - 1)));

        // Spread, so that gateways and addresses do not come back together.
        span *= 0.8 + (0.4 * Random.Shared.NextDouble());
        Volatile.Write(ref _restsUntil, time.GetTimestamp() + Ticks(TimeSpan.FromSeconds(span)));
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
