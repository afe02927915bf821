namespace Meridian.Drill;

/// <summary>An event that the servers report.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">The sort of event.</param>
/// <param name="Text">What happened, in one sentence.</param>
public sealed record DrillEvent(DateTimeOffset At, string Kind, string Text);
