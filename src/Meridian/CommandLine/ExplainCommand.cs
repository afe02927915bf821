using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Meridian.Api;
using Meridian.Steering.Explaining;
using Spectre.Console;

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
        var output = Arguments.WideOutput();
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
                Print(explanation, result.GetRequiredValue(output) == "wide");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(Explanation explanation, bool wide)
    {
        var console = Screen.Create(wide);
        console.MarkupLineInterpolated($"[bold]{explanation.Name}[/] for [bold]{explanation.Client.Network}[/]");
        console.WriteLine();
        foreach (var (step, number) in explanation.Steps.Select((s, i) => (s, i + 1)))
            console.MarkupLineInterpolated($"[grey]{number,2}.[/] {step}");
        console.WriteLine();
        console.Write(TableOf(explanation.Pools).Render(console.Profile.Width));
        if (!explanation.Behind.IsEmpty)
        {
            console.MarkupLine("[bold]behind this node's gateway[/]");
            console.Write(TableOf(explanation.Behind).Render(console.Profile.Width));
        }

        var answer = explanation.Answer;
        var values = answer.Values.IsEmpty ? answer.Kind : string.Join(", ", answer.Values);
        console.MarkupLineInterpolated($"[bold]answer[/]  {values}  TTL {answer.Ttl} s ({answer.TtlReason})");
    }

    private static FittedTable TableOf(ImmutableArray<PoolExplanation> pools)
    {
        var table = new FittedTable(
        [
            new("#", 3), new("pool", 2), new("site", 6), new("km", 7), new("weight", 8), new("share", 9),
            new("state", 5), new("address", 0), new("verdict", 1), new("reason", 4, Wraps: true),
            new("load", 10, Wraps: true),
        ]);
        foreach (var pool in pools)
        {
            var first = true;
            foreach (var address in pool.Addresses)
            {
                FittedCell[] of = first ? OfPool(pool) : ["", "", "", "", "", "", ""];
                table.Add([.. of, .. OfAddress(address)]);
                first = false;
            }
        }

        return table;
    }

    private static FittedCell[] OfPool(PoolExplanation pool) =>
    [
        $"{pool.Rank}",
        new(pool.Name, pool.Chosen ? new Style(decoration: Decoration.Bold) : Style.Plain),
        pool.Site ?? "",
        pool.DistanceKm?.ToString("0", CultureInfo.InvariantCulture) ?? "",
        $"{pool.Weight}",
        $"{pool.Share:P0}",
        Screen.State(pool.State),
    ];

    private static FittedCell[] OfAddress(AddressExplanation address) =>
    [
        address.Value + (address.Answered ? " ←" : ""),
        Screen.State(address.State),
        address.Override is { } placed
            ? $"{placed} (verdict {address.Verdict}: {address.Reason})"
            : address.Reason + (address.Origin is null ? "" : $" (from {address.Origin})"),
        address.Load ?? "",
    ];
}
