namespace Meridian.Model.History;

/// <summary>An event that is kept in the history.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">The sort of event: <c>verdict</c>, <c>pool</c>, <c>override</c>, <c>configuration</c>.</param>
/// <param name="Subject">What it happened to.</param>
/// <param name="Message">What happened, in one sentence.</param>
public sealed record HistoryEvent(DateTimeOffset At, string Kind, string Subject, string Message);
