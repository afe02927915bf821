using System.Globalization;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Routing;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Upstreams;

/// <summary>
/// What a gateway knows of one address from its own traffic, and its connections to it. It lives as long as any route
/// names the address; what health says of the address stands in the steering table.
/// </summary>
internal sealed class Upstream(UpstreamKey key, UpstreamDialer dialer, TimeProvider time) : IDisposable
{
    /// <summary>
    /// A failure counts as an answer that took this long: a broken address that fails fast must not look like a fast
    /// one (the sinkhole effect; Linkerd's penalty).
    /// </summary>
    private const double FailurePenalty = 5;

    /// <summary>Failures in a row after the connection was made that take an address out for a while.</summary>
    private const int FailuresToRest = 3;

    // Work is counted in thousandths.
    private const double WorkScale = 1000;

    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestFull = TimeSpan.FromSeconds(30);

    private readonly PeakEwma _firstByte = new(time);
    private long _restsUntil;
    private long _fullUntil;
    private long _recoveredAt;
    private int _inFlight;
    private long _work;
    private int _failures;
    private int _rests;
    private HttpMessageInvoker? _invoker;

    public UpstreamKey Key { get; } = key;

    /// <summary>Opens connections whose directions end by themselves.</summary>
    public ValueTask<UpstreamPipe> OpenAsync(CancellationToken cancellationToken) =>
        dialer.OpenAsync(cancellationToken);

    public UpstreamConnections Connections { get; } = new(key, dialer, time);

    /// <summary>What YARP forwards with.</summary>
    public HttpMessageInvoker Invoker =>
        LazyInitializer.EnsureInitialized(ref _invoker, () => UpstreamInvoker.Make(Key, dialer));

    /// <summary>Tells it apart in hashes, the same in every gateway.</summary>
    public ulong Seed { get; } = Mixing.Mix(key.ToString());

    /// <summary>Requests under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Work under way, in the unit of the routes.</summary>
    public double Work => Volatile.Read(ref _work) / WorkScale;

    /// <summary>What it said of its load.</summary>
    public ReportedLoad Reported { get; } = new(time);

    /// <summary>What its answers' times say of what it can do.</summary>
    public LearnedCapacity Learned { get; } = new();

    /// <summary>Peak moving average of the time to first octet, in seconds; 0 before the first.</summary>
    public double FirstByte => _firstByte.Value;

    /// <summary>Whether its own failures keep it from being chosen, whatever health says.</summary>
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
        return Math.Clamp(0.1 + (0.9 * (time.GetElapsedTime(start) / ramp)), 0.1, 1);
    }

    /// <summary>A request is begun.</summary>
    /// <param name="work">What it is in the unit of the route.</param>
    /// <returns>Requests under way with it.</returns>
    public int Begin(double work)
    {
        Interlocked.Add(ref _work, (long)(work * WorkScale));
        return Interlocked.Increment(ref _inFlight);
    }

    /// <summary>A request has ended, however.</summary>
    public void End(double work)
    {
        Interlocked.Add(ref _work, -(long)(work * WorkScale));
        Interlocked.Decrement(ref _inFlight);
    }

    /// <summary>An answer began.</summary>
    /// <param name="after">Time since the request was begun.</param>
    /// <param name="beside">Requests that were under way when it was, itself among them.</param>
    private void Answered(TimeSpan after, int beside)
    {
        _firstByte.Observe(after.TotalSeconds);
        Learned.Observe(beside, after);
        if (Volatile.Read(ref _failures) != 0)
            Volatile.Write(ref _failures, 0);
        if (Volatile.Read(ref _rests) != 0)
            Volatile.Write(ref _rests, 0);
    }

    /// <summary>An answer's head says how the address is: well, full, or failing.</summary>
    /// <param name="status">The status.</param>
    /// <param name="retryAfter">How long it wants to be spared; null where it does not say.</param>
    /// <param name="after">Time since the request was begun.</param>
    /// <param name="beside">Requests that were under way when it was, itself among them.</param>
    public void Judge(int status, string? retryAfter, TimeSpan after, int beside)
    {
        if (RouteOptions.SaysFull(status, retryAfter is not null))
            Full(SecondsOf(retryAfter));
        else if (status is 500 or 502 or 503 or 504)
            Failed(after);
        else
            Answered(after, beside);
    }

    /// <summary>No connection could be made: it is not chosen from this moment on.</summary>
    public void Refused(TimeSpan after)
    {
        Penalise(after);
        Rest();
    }

    /// <summary>It took a request and failed it.</summary>
    public void Failed(TimeSpan after)
    {
        Penalise(after);
        if (Interlocked.Increment(ref _failures) >= FailuresToRest)
            Rest();
    }

    /// <summary>It said that it is full.</summary>
    /// <param name="retryAfter">For how long, as far as it said.</param>
    private void Full(TimeSpan retryAfter)
    {
        var span = retryAfter > LongestFull ? LongestFull : retryAfter;
        Volatile.Write(ref _fullUntil, time.GetTimestamp() + Ticks(span));
    }

    /// <summary>Health says that it is back from an outage.</summary>
    public void Recovered()
    {
        Volatile.Write(ref _recoveredAt, time.GetTimestamp());
        Volatile.Write(ref _restsUntil, 0);
        Volatile.Write(ref _failures, 0);
        Volatile.Write(ref _rests, 0);
    }

    public void Dispose()
    {
        Connections.Dispose();
        _invoker?.Dispose();
    }

    private static TimeSpan SecondsOf(string? retryAfter) =>
        int.TryParse(retryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        ? TimeSpan.FromSeconds(Math.Max(1, seconds)) : TimeSpan.FromSeconds(1);

    private void Penalise(TimeSpan after) => _firstByte.Observe(Math.Max(after.TotalSeconds, FailurePenalty));

    private void Rest()
    {
        var times = Math.Min(Interlocked.Increment(ref _rests), 16);
        var span = Math.Min(LongestRest.TotalSeconds, FirstRest.TotalSeconds * (1 << (times - 1)));

        // Spread, so that gateways and addresses do not come back together.
        span *= 0.8 + (0.4 * Random.Shared.NextDouble());
        Volatile.Write(ref _restsUntil, time.GetTimestamp() + Ticks(TimeSpan.FromSeconds(span)));
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
