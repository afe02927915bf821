namespace Meridian.Api.Contracts;

/// <summary>What became of an <see cref="OverrideRequest"/>.</summary>
/// <param name="Override">The override, which is in force now.</param>
/// <param name="Matched">How many addresses its target matches now; 0 where its pool or site has none.</param>
/// <param name="Shared">Whether all nodes that share a store go by it, and not this one alone.</param>
public sealed record OverrideResult(OverrideDocument Override, int Matched, bool Shared);
