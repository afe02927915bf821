namespace Meridian.Health;

/// <summary>What one probe found.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Ok">Whether the address served as it should.</param>
/// <param name="Reason">What was seen, for people: <c>http: 503, wanted 200-399</c>.</param>
/// <param name="Latency">How long it took.</param>
public sealed record ProbeResult(DateTimeOffset At, bool Ok, string Reason, TimeSpan Latency)
{
    /// <summary>Another program has already judged: no thresholds apply.</summary>
    public bool Decisive { get; init; }

    /// <summary>
    /// What the address says of its load, in <c>x-load</c>: 0 idle, 1 full; null where it says nothing.
    /// </summary>
    public double? Load { get; init; }

    /// <summary>Cap on the TTL of answers, where the feed gives one.</summary>
    public TimeSpan? TtlLimit { get; init; }
}
