namespace Meridian.CommandLine;

/// <summary>A column of a <see cref="FittedTable"/>.</summary>
/// <param name="Name">Its title.</param>
/// <param name="Rank">How much it matters: the highest rank is left out first.</param>
/// <param name="Least">The least width in which its text may go on in the next line; 0 where it may not.</param>
internal sealed record FittedColumn(string Name, int Rank, int Least = 0);
