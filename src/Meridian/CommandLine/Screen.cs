using System.Globalization;
using Spectre.Console;

namespace Meridian.CommandLine;

/// <summary>How things look in a terminal.</summary>
internal static class Screen
{
    /// <summary>Columns of output that is no terminal: enough to break no line.</summary>
    private const int PipeWidth = 200;

    /// <summary>Columns that hold whatever is printed.</summary>
    private const int Unlimited = 10_000;

    /// <param name="wide">Whether lines may be as long as they are, however narrow the terminal is.</param>
    public static IAnsiConsole Create(bool wide = false)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (wide)
            console.Profile.Width = Unlimited;
        else if (Console.IsOutputRedirected)
            console.Profile.Width = PipeWidth;
        return console;
    }

    public static FittedCell State(string state) => new(state.ToLowerInvariant(), new Style(state switch
    {
        "Up" => Color.Green,
        "Down" => Color.Red,
        "Draining" => Color.Yellow,
        "Guarded" => Color.Orange1,
        _ => Color.Grey,
    }));

    /// <summary>A time where the reader is, with its zone.</summary>
    public static string Time(DateTimeOffset time) =>
        time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>How long ago, in the largest unit that says enough.</summary>
    /// <param name="then">When.</param>
    /// <param name="now">The time.</param>
    /// <param name="word">What follows a time; nothing follows <c>now</c>.</param>
    public static string Ago(DateTimeOffset then, DateTimeOffset now, string word = "")
    {
        if (then.Year < 2000)
            return "";
        var span = now - then;
        return span switch
        {
            { TotalSeconds: < 1 } => "now",
            { TotalMinutes: < 2 } => $"{span.TotalSeconds:0} s{word}",
            { TotalHours: < 2 } => $"{span.TotalMinutes:0} min{word}",
            { TotalDays: < 2 } => $"{span.TotalHours:0} h{word}",
            _ => $"{span.TotalDays:0} d{word}",
        };
    }
}
