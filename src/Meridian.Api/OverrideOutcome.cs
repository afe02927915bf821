namespace Meridian.Api;

/// <summary>What setting or clearing an override has led to.</summary>
/// <param name="Matched">How many addresses its target matches now.</param>
/// <param name="Shared">Whether it holds for all nodes that share a store, and not for this one alone.</param>
/// <param name="StoreFault">Why the change cannot be kept on disk and is not in force; null when it is.</param>
public sealed record OverrideOutcome(int Matched, bool Shared, string? StoreFault);
