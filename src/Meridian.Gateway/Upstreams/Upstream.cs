using System.Collections.Concurrent;
using Meridian.Gateway.Http1;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Upstreams;

/// <summary>
/// What a gateway knows of one address from its own traffic, and its connections to it. It lives as long as any route
/// names the address; what health says of the address stands in the steering table.
/// </summary>
internal sealed class Upstream(UpstreamKey key, UpstreamDialer dialer, TimeProvider time) : IDisposable
{
    /// <summary>
    /// A failure counts as an answer that took this long, in seconds: a broken address that fails fast must not look
    /// like a fast one (the sinkhole effect; Linkerd's penalty).
    /// </summary>
    private const double FailurePenalty = 5;

    // Work is counted in thousandths.
    private const double WorkScale = 1000;

    private readonly PeakEwma _firstByte = new(time);
    private readonly Availability _availability = new(time);
    private readonly ConcurrentDictionary<TimeSpan, HttpMessageInvoker> _invokers = [];
    private int _inFlight;
    private long _work;

    public UpstreamKey Key { get; } = key;

    /// <summary>Its connections of HTTP/1.1.</summary>
    public UpstreamConnections Connections { get; } = new(key, dialer, time);

    /// <summary>Tells it apart in hashes, the same in every gateway.</summary>
    public ulong Seed { get; } = Mixing.Mix(key.ToString());

    /// <summary>Requests under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Work under way, in the unit of the routes.</summary>
    public double Work => Volatile.Read(ref _work) / WorkScale;

    /// <summary>Whether it answers <c>Expect: 100-continue</c>, as far as is known.</summary>
    public bool SaysContinue { get; set; } = true;

    /// <summary>What it said of its load.</summary>
    public ReportedLoad Reported { get; } = new(time);

    /// <summary>What it can do, learned from the times of its answers.</summary>
    public LearnedCapacity Learned { get; } = new();

    /// <summary>Peak moving average of the time to first octet, in seconds; 0 before the first.</summary>
    public double FirstByte => _firstByte.Value;

    /// <inheritdoc cref="Availability.IsResting"/>
    public bool IsResting => _availability.IsResting;

    /// <inheritdoc cref="Availability.IsFull"/>
    public bool IsFull => _availability.IsFull;

    /// <inheritdoc cref="Availability.Share"/>
    public double Share(TimeSpan ramp) => _availability.Share(ramp);

    /// <summary>Opens a connection whose directions end by themselves.</summary>
    public ValueTask<UpstreamPipe> OpenAsync(CancellationToken cancellationToken) =>
        dialer.OpenAsync(cancellationToken);

    /// <summary>The client that YARP forwards with.</summary>
    /// <param name="connect">How long a connection may take to be made.</param>
    public HttpMessageInvoker InvokerFor(TimeSpan connect) =>
        _invokers.GetOrAdd(connect, static (limit, it) => UpstreamInvoker.Make(it.Key, it.Dialer, limit),
            (Key, Dialer: dialer));

    /// <summary>Counts a request that begins.</summary>
    /// <param name="work">What it is in the unit of the route.</param>
    /// <returns>Requests under way with it.</returns>
    public int Begin(double work)
    {
        Interlocked.Add(ref _work, (long)(work * WorkScale));
        return Interlocked.Increment(ref _inFlight);
    }

    /// <summary>Counts a request that has ended, however it did.</summary>
    public void End(double work)
    {
        Interlocked.Add(ref _work, -(long)(work * WorkScale));
        Interlocked.Decrement(ref _inFlight);
    }

    /// <summary>Judges the address by the head of an answer: it is well, full, or failing.</summary>
    /// <param name="answer">The head.</param>
    /// <param name="isFull">Whether it says that the address is full.</param>
    public void Judge(in AnswerBegun answer, bool isFull)
    {
        if (isFull)
        {
            _availability.Fill(answer.RetryAfter);
        }
        else if (answer.Status is 500 or 502 or 503 or 504)
        {
            Failed(answer.FirstByte);
        }
        else
        {
            _firstByte.Observe(answer.FirstByte.TotalSeconds);
            Learned.Observe(answer.Beside, answer.FirstByte);
            _availability.Succeed();
        }
    }

    /// <summary>No connection could be made.</summary>
    /// <param name="after">Time since the request was begun.</param>
    public void Refused(TimeSpan after)
    {
        Penalise(after);
        _availability.Refuse();
    }

    /// <summary>It took a request and failed it.</summary>
    /// <param name="after">Time since the request was begun.</param>
    public void Failed(TimeSpan after)
    {
        Penalise(after);
        _availability.Fail();
    }

    /// <summary>Health says that it is back from an outage.</summary>
    public void Recovered() => _availability.Recover();

    public void Dispose()
    {
        Connections.Dispose();
        foreach (var invoker in _invokers.Values)
            invoker.Dispose();
    }

    private void Penalise(TimeSpan after) => _firstByte.Observe(Math.Max(after.TotalSeconds, FailurePenalty));
}
