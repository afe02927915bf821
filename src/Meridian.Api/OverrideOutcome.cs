namespace Meridian.Api;

/// <summary>What setting or clearing an override has led to. It is in force either way.</summary>
/// <param name="Matched">How many addresses its target matches now.</param>
/// <param name="StoreFault">Why the change is not on disk, so that a restart forgets it; null when it is.</param>
public sealed record OverrideOutcome(int Matched, string? StoreFault);
