using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Meridian.Api;
using Meridian.Model.History;
using Meridian.Model.Values;

namespace Meridian.CommandLine;

/// <summary><c>meridian history</c>: what has happened at a node.</summary>
internal static class HistoryCommand
{
    private const int DefaultCount = 100;

    public static Command Create()
    {
        var since = Moment("--since", "From when on: a time such as 2026-11-29T08:00:00Z, or how long ago: 2h");
        var until = Moment("--until", "Until when: a time, or how long ago");
        var site = Arguments.Text("--site", "Only events of this site");
        var kind = Arguments.Text("--kind", $"One kind of event alone: {string.Join(", ", HistoryKinds.All)}");
        var count = new Option<int>("--count")
        {
            Description = "The most events, the latest ones",
            DefaultValueFactory = _ => DefaultCount,
        };
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("history", "Show what has happened, the latest event last.",
            "meridian history --since 2h --site hanoi")
        {
            since, until, site, kind, count, server, token, output,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            var events = await api.HistoryAsync(new HistoryQuery(result.GetValue(count))
            {
                Since = result.GetValue(since),
                Until = result.GetValue(until),
                Site = result.GetValue(site),
                Kind = result.GetValue(kind),
            }, cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(events, ApiJson.Options));
            else
                Print(events);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(HistoryEvent[] events)
    {
        if (events.Length == 0)
            Console.WriteLine("no events");
        foreach (var entry in events.Reverse())
            Console.WriteLine($"{Screen.Time(entry.At)} {entry.Kind,-13} {entry.Message}");
    }

    private static Option<DateTimeOffset?> Moment(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => ReadMoment(result, TimeProvider.System.GetUtcNow()),
    };

    private static DateTimeOffset? ReadMoment(ArgumentResult result, DateTimeOffset now)
    {
        var text = result.Tokens[0].Value;
        if (Durations.TryParse(text, out var ago))
            return now - ago;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time))
            return time;
        result.AddError($"`{text}` is neither a time such as 2026-11-29T08:00:00Z nor a duration such as 2h");
        return null;
    }
}
