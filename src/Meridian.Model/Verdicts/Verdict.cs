using Meridian.Addresses;

namespace Meridian.Model.Verdicts;

/// <summary>What all the evidence says of an address, since when, and why.</summary>
/// <param name="State">The state that steering acts on.</param>
/// <param name="Since">When the state became so.</param>
/// <param name="Reason">Why, for people: <c>http: 503, wanted 200-399</c>.</param>
public sealed record Verdict(VerdictState State, DateTimeOffset Since, string Reason)
{
    /// <summary>Characters of a reason: it stands in logs and tables, and may name what others sent.</summary>
    public const int MaxReason = 300;

    public string Reason { get; init => field = DisplayText.Bound(value, MaxReason); } =
        DisplayText.Bound(Reason, MaxReason);

    /// <summary>The reason of the evidence that turned the state; later evidence changes the reason alone.</summary>
    public string Cause { get; init; } = DisplayText.Bound(Reason, MaxReason);

    /// <summary>
    /// A first contrary result was seen and the threshold is not reached yet: the state might change soon.
    /// </summary>
    public bool Suspected { get; init; }

    /// <summary>Remembered from before a restart and not yet confirmed by a probe.</summary>
    public bool Remembered { get; init; }

    /// <summary>Cap on the TTL of answers with the address, where an external feed gives one.</summary>
    public TimeSpan? TtlLimit { get; init; }

    /// <summary>The verdict of an address without a health check.</summary>
    public static Verdict Unchecked { get; } = new(VerdictState.Up, DateTimeOffset.MinValue, "no health check");

    /// <summary>The verdict before the first probe.</summary>
    public static Verdict Unknown { get; } = new(VerdictState.Unknown, DateTimeOffset.MinValue, "not probed yet");
}
