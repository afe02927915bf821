namespace Meridian.CommandLine;

/// <summary>A column of a <see cref="FittedTable"/>.</summary>
/// <param name="Name">Its title.</param>
/// <param name="Rank">How much it matters: the highest rank is left out first.</param>
/// <param name="Wraps">Whether its text may go on in the next line.</param>
internal sealed record FittedColumn(string Name, int Rank, bool Wraps = false);
