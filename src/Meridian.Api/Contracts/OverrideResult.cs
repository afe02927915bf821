namespace Meridian.Api.Contracts;

/// <summary>What became of an <see cref="OverrideRequest"/>.</summary>
/// <param name="Override">The override, which is in force now.</param>
/// <param name="Matched">How many addresses its target matches now; 0 is worth a second look.</param>
public sealed record OverrideResult(OverrideDocument Override, int Matched);
