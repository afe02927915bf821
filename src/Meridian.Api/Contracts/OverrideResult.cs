namespace Meridian.Api.Contracts;

/// <summary>What became of an <see cref="OverrideRequest"/>.</summary>
/// <param name="Override">The override, which is in force now.</param>
/// <param name="Matched">How many addresses its target matches now; 0 where its pool or site has none.</param>
public sealed record OverrideResult(OverrideDocument Override, int Matched);
