using Meridian.Addresses;

namespace Meridian.Health;

/// <summary>What one probe found.</summary>
/// <param name="At">When the probe ended.</param>
/// <param name="Ok">Whether the address served as it should.</param>
/// <param name="Reason">What was found, for people: <c>http: 503, wanted 200-399</c>.</param>
/// <param name="Latency">How long the probe took.</param>
public sealed record ProbeResult(DateTimeOffset At, bool Ok, string Reason, TimeSpan Latency)
{
    /// <summary>Characters of a reason; a verdict's has room for a count behind it.</summary>
    public const int MaxReason = 250;

    public string Reason { get; init => field = DisplayText.Bound(value, MaxReason); } =
        DisplayText.Bound(Reason, MaxReason);

    /// <summary>Another program has already judged: no thresholds apply.</summary>
    public bool Decisive { get; init; }

    /// <summary>
    /// The load that the address reports in <c>x-load</c>: 0 is idle, 1 is full; null where it reports none.
    /// </summary>
    public double? Load { get; init; }

    /// <summary>Cap on the TTL of answers, where the feed gives one.</summary>
    public TimeSpan? TtlLimit { get; init; }
}
