namespace Meridian.Api.Contracts;

/// <summary>What became of a wish.</summary>
/// <param name="Override">The override that stands now.</param>
/// <param name="Matched">How many addresses it speaks of now; 0 is worth a second look.</param>
public sealed record OverrideResult(OverrideDocument Override, int Matched);
