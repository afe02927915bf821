using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Demo;
using Meridian.Drill;
using Meridian.Files;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Meridian.CommandLine;

/// <summary><c>meridian demo</c>: a world to try things on.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan DrillInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var drill = new Option<bool>("--drill")
        {
            Description = "Run the five-state failover drill, print the summary and exit: 0 when every state ended "
                + "with the right site serving",
        };
        var tunnel = new Option<bool>("--tunnel")
        {
            Description = "Put the third site behind a tunnel: it is reached through the gateway, and to make it "
                + "refuse is to kill its agent",
        };
        var nodes = new Option<int>("--nodes")
        {
            Description = "How many nodes, 1 to 9; several share an etcd, which must be installed, and judge as one",
            DefaultValueFactory = _ => 1,
        };
        nodes.Validators.Add(result =>
        {
            if (result.GetValue(nodes) is < 1 or > 9)
                result.AddError("--nodes is a number from 1 to 9");
        });
        var length = Arguments.Duration("--state-length", "How long each state of the drill lasts", "8s");
        var report = Arguments.Text("--report", "File that the drill's report is written to, one HTML page");
        var output = Arguments.Output();
        var command = new ExampleCommand("demo",
            "Start three sites, a zone and two steered names on loopback, and print what to try.",
            "meridian demo --drill")
        {
            drill, tunnel, nodes, length, report, output,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(tunnel) && result.GetValue(nodes) > 1)
                result.AddError("--tunnel and --nodes do not go together: the agent dials one node");
        });
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetValue(tunnel), result.GetValue(nodes), result.GetValue(drill), result.GetValue(length),
            result.GetRequiredValue(output) == "json", result.GetValue(report), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(bool tunnel, int nodes, bool drill, TimeSpan length, bool json,
        string? report, CancellationToken cancellationToken)
    {
        var console = Screen.Create();
        await using var world = await DemoWorld.StartAsync(
            tunnel, nodes, text => Console.Error.WriteLine($"meridian: {text}"),
            drill ? LogLevel.Error : LogLevel.Warning);
        await ReadyAsync(world, cancellationToken);
        if (drill)
            return await DrillAsync(world, console, length, json, report, cancellationToken);
        DemoGuide.Print(console, world);
        await StopSignal.WaitAsync(cancellationToken);
        return ExitCode.Done;
    }

    private static async Task ReadyAsync(DemoWorld world, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            while (world.Node.NotReady is not null || world.Nodes.Any(n => n.Node.Node.NotReady is not null))
                await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Running.StartException(
                $"the demo is not ready after {StartLimit.TotalSeconds:0} s: {world.Node.NotReady}");
        }
    }

    private static async Task<int> DrillAsync(DemoWorld world, IAnsiConsole console, TimeSpan length, bool json,
        string? report, CancellationToken cancellationToken)
    {
        var options = FiveStates.Options(world, DrillInterval);
        var results = await FiveStates.RunAsync(world, options, length,
            state =>
            {
                if (!json)
                    console.MarkupLineInterpolated($"[blue bold]--- {state.Name}[/]");
            },
            check => DrillCommand.Print(console, check, json), cancellationToken);
        var checks = results.SelectMany(r => r.Checks).ToImmutableArray();
        var summaries = DrillSummary.ByWay(options, checks);
        ImmutableArray<StateResult> living = [.. results.Where(r => r.State.Expected is not null)];
        var right = options.Ways.All(way => results.All(r => r.Of(way).Right));
        if (report is not null)
            NewFile.Write(report, DrillReport.Html(options, checks,
                DrillEvents.Of(world.Node.History.Recent(1000), checks)), NewFile.ForAll);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                Right = right,
                Ways = options.Ways.Select(way => new
                {
                    Way = way,
                    States = results.Select(r => r.Of(way))
                        .Select(r => new
                        {
                            r.State.Name,
                            r.State.Expected,
                            r.Right,
                            SettledSeconds = r.Settled,
                            Checks = r.Checks.Length,
                            Successful = r.Checks.Count(c => c.Ok),
                        }),
                    WhileAnythingWasAlive = new
                    {
                        Checks = living.Sum(r => r.Of(way).Checks.Length),
                        Successful = living.Sum(r => r.Of(way).Checks.Count(c => c.Ok)),
                        AverageDowntime = living.Average(r => r.Of(way).Downtime),
                    },
                    Summary = summaries.First(s => s.Way == way),
                }),
            }, ApiJson.Options));
        }
        else
        {
            PrintStates(console, options, results);
            foreach (var summary in summaries)
                SummaryText.Write(Console.Out, summary);
        }

        return right ? ExitCode.Done : ExitCode.NotSo;
    }

    private static void PrintStates(IAnsiConsole console, DrillOptions options, ImmutableArray<StateResult> results)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("state", "way", "expected at the end", "right", "settled after", "checks", "failed");
        foreach (var result in results.SelectMany(r => options.Ways.Select(r.Of)))
        {
            table.AddRow(
                new Text(result.State.Name),
                new Text(result.Checks[0].Way == DrillWay.Gateway ? "gateway" : "DNS"),
                new Text(result.State.Expected ?? "no answer"),
                result.Right ? new Text("yes", new Style(Color.Green)) : new Text("NO", new Style(Color.Red)),
                new Text(result.Settled is { } settled ? $"{settled:0.0} s" : ""),
                new Text($"{result.Checks.Length}"),
                new Text($"{result.Checks.Count(c => !c.Ok)}"));
        }

        console.Write(table);
        foreach (var way in options.Ways)
        {
            ImmutableArray<StateResult> living =
                [.. results.Where(r => r.State.Expected is not null).Select(r => r.Of(way))];
            var name = way == DrillWay.Gateway ? "through the gateway" : "by DNS";
            var succeeded = $"{living.Sum(r => r.Checks.Count(c => c.Ok))} of {living.Sum(r => r.Checks.Length)}";
            var downtime = living.Average(r => r.Downtime) is { } seconds ? $"{seconds:0.0} s" : "none";
            console.MarkupInterpolated($"{name}, while a site was alive: [bold]{succeeded}[/] checks succeeded");
            console.MarkupLineInterpolated($", average downtime [bold]{downtime}[/]");
        }

        console.MarkupLine("[grey](the summaries below count the double failure too)[/]");
        console.WriteLine();
    }
}
