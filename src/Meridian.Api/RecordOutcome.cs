namespace Meridian.Api;

/// <summary>What changes of records have led to.</summary>
/// <param name="Refusal">Why none of them is applied; null when they are served.</param>
/// <param name="StoreFault">Why they are served but not on disk, so that a restart forgets them; null when they
/// are.</param>
public sealed record RecordOutcome(string? Refusal, string? StoreFault);
