namespace Meridian.Model.History;

/// <summary>Something that happened and is worth remembering.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What sort: <c>verdict</c>, <c>pool</c>, <c>override</c>, <c>configuration</c>.</param>
/// <param name="Subject">What it happened to.</param>
/// <param name="Message">What happened, in one sentence.</param>
public sealed record HistoryEvent(DateTimeOffset At, string Kind, string Subject, string Message);
