namespace Meridian.Api;

/// <summary>What changes of records have led to.</summary>
/// <param name="Refusal">Why none of them is applied; null when they are served.</param>
/// <param name="StoreFault">Why they cannot be kept on disk and are not served; null when they are.</param>
public sealed record RecordOutcome(string? Refusal, string? StoreFault);
