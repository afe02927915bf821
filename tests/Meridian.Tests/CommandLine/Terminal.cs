using System.Text.RegularExpressions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Meridian.Tests.CommandLine;

/// <summary>A terminal of some width, whose lines a test reads.</summary>
internal static partial class Terminal
{
    /// <summary>What would be seen, without blanks at the ends of lines.</summary>
    public static string[] Print(Func<int, IRenderable> draw, int width)
    {
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(written) });
        console.Profile.Width = width;
        console.Write(draw(width));
        return [.. Escapes().Replace(written.ToString(), "").TrimEnd().Split('\n').Select(l => l.TrimEnd())];
    }

    /// <summary>The titles of the table whose head is the first line that has a word.</summary>
    public static string HeadOf(string[] lines, string word) => string.Join('|', lines
        .First(l => l.Split(' ').Contains(word)).Split("  ", StringSplitOptions.RemoveEmptyEntries)
        .Select(t => t.Trim()));

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Escapes();
}
