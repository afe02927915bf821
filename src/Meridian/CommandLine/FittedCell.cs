using Spectre.Console;

namespace Meridian.CommandLine;

/// <summary>A cell of a <see cref="FittedTable"/>.</summary>
internal readonly record struct FittedCell(string Text, Style? Style = null)
{
    public static implicit operator FittedCell(string text) => new(text);
}
