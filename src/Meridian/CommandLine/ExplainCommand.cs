using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Steering.Explaining;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Meridian.CommandLine;

/// <summary><c>meridian explain</c>: the whole decision for a client.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Host name" };
        var client = Arguments.Text("--client",
            "Address or network of the client, such as 198.51.100.0/24; 127.0.0.1 by default");
        var type = new Option<string>("--type") { Description = "A or AAAA", DefaultValueFactory = _ => "A" };
        var server = Arguments.Server();
        var token = Arguments.TokenFile();
        var output = Arguments.Output();
        var command = new ExampleCommand("explain", "Explain why a client gets the answer that it gets.",
            "meridian explain kokoro.ai.example.com --client 198.51.100.0/24")
        {
            name, client, type, server, token, output,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            var explanation = await api.ExplainAsync(
                result.GetRequiredValue(name), result.GetValue(client), result.GetValue(type), cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(explanation, ApiJson.Options));
            else
                Print(explanation);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(Explanation explanation)
    {
        var console = Screen.Create();
        console.MarkupLineInterpolated($"[bold]{explanation.Name}[/] for [bold]{explanation.Client.Network}[/]");
        console.WriteLine();
        foreach (var (step, number) in explanation.Steps.Select((s, i) => (s, i + 1)))
            console.MarkupLineInterpolated($"[grey]{number,2}.[/] {step}");
        console.WriteLine();
        console.Write(TableOf(explanation.Pools));
        if (!explanation.Behind.IsEmpty)
        {
            console.MarkupLine("[bold]behind this node's gateway[/]");
            console.Write(TableOf(explanation.Behind));
        }

        var answer = explanation.Answer;
        var values = answer.Values.IsEmpty ? answer.Kind : string.Join(", ", answer.Values);
        console.MarkupLineInterpolated($"[bold]answer[/]  {values}  TTL {answer.Ttl} s ({answer.TtlReason})");
    }

    private static Table TableOf(ImmutableArray<PoolExplanation> pools)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in (string[])["#", "pool", "site", "km", "weight", "share", "state", "address", "verdict",
            "reason"])
            table.AddColumn(column);
        var loaded = pools.Any(p => p.Addresses.Any(a => a.Load is not null));
        if (loaded)
            table.AddColumn("load");
        foreach (var pool in pools)
        {
            var first = true;
            foreach (var address in pool.Addresses)
            {
                IRenderable[] cells =
                [
                    first ? new Text($"{pool.Rank}") : Text.Empty,
                    first ? new Text(pool.Name, pool.Chosen ? new Style(decoration: Decoration.Bold) : Style.Plain)
                    : Text.Empty,
                    first ? new Text(pool.Site ?? "") : Text.Empty,
                    first ? new Text(pool.DistanceKm?.ToString("0", System.Globalization.CultureInfo.InvariantCulture)
                        ?? "") : Text.Empty,
                    first ? new Text($"{pool.Weight}") : Text.Empty,
                    first ? new Text($"{pool.Share:P0}") : Text.Empty,
                    first ? Screen.State(pool.State) : Text.Empty,
                    new Text(address.Value + (address.Answered ? " ←" : "")),
                    Screen.State(address.State),
                    new Text(address.Override is { } placed
                        ? $"{placed} (verdict {address.Verdict}: {address.Reason})"
                        : address.Reason + (address.Origin is null ? "" : $" (from {address.Origin})")),
                ];
                table.AddRow(loaded ? [.. cells, new Text(address.Load ?? "")] : cells);
                first = false;
            }
        }

        return table;
    }
}
