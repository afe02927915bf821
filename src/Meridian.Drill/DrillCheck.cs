namespace Meridian.Drill;

/// <summary>One check: resolved, connected, asked.</summary>
/// <param name="Number">From 1.</param>
/// <param name="At">When it began.</param>
/// <param name="Address">The address that was asked, or the first that was tried.</param>
/// <param name="Site">The site that answered, as the answer said.</param>
/// <param name="Status">The HTTP status; null where there was no answer.</param>
/// <param name="Latency">From the look-up to the end of the answer.</param>
/// <param name="Error">Why there was no answer.</param>
/// <param name="Ok">Whether the status was the expected one.</param>
/// <param name="Way">How the site was found.</param>
public sealed record DrillCheck(
    int Number, DateTimeOffset At, string? Address, string? Site, int? Status, TimeSpan Latency, string? Error, bool Ok,
    DrillWay Way = DrillWay.Dns);
