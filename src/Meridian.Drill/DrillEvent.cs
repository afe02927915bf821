namespace Meridian.Drill;

/// <summary>Something that the servers underneath say happened.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What sort, in a word.</param>
/// <param name="Text">What, in a sentence.</param>
public sealed record DrillEvent(DateTimeOffset At, string Kind, string Text);
