using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Api;
using Meridian.Drill;
using Meridian.Files;
using Meridian.Model.History;
using Meridian.Running;
using Spectre.Console;

namespace Meridian.CommandLine;

/// <summary><c>meridian drill</c>: a failover as a client sees it.</summary>
internal static class DrillCommand
{
    public static Command Create()
    {
        var url = new Option<Uri>("--url")
        {
            Description = "What to check",
            Required = true,
            CustomParser = result =>
            {
                if (UrlText.TryParseHttp(result.Tokens[0].Value, out var uri))
                    return uri;
                result.AddError($"`{result.Tokens[0].Value}` is not an http or https URL");
                return null;
            },
        };
        var resolver = Arguments.EndPoint("--resolver", "Name server to ask; the system's by default", null);
        var via = new Option<DrillWay[]>("--via")
        {
            Description = "How to go: dns, gateway, or both at once as dns,gateway",
            DefaultValueFactory = _ => [DrillWay.Dns],
            CustomParser = result =>
            {
                var ways = new List<DrillWay>();
                foreach (var name in result.Tokens.SelectMany(t => t.Value.Split(',')))
                {
                    if (EnumText.TryParse<DrillWay>(name, out var way))
                        ways.Add(way);
                    else
                        result.AddError($"`{name}` is not a way to go; write dns or gateway");
                }

                return [.. ways.Distinct()];
            },
        };
        var gateway = Arguments.EndPoint("--gateway", "The gateway to go through, for --via gateway", null);
        var server = Arguments.Server();
        var report = Arguments.Text("--report",
            "File that a report is written to: one HTML page that needs nothing else");
        var interval = Arguments.Duration("--interval", "Time between two checks", "1s");
        var checks = new Option<int>("--checks") { Description = "How many checks", DefaultValueFactory = _ => 180 };
        var expect = new Option<int>("--expect")
        {
            Description = "The status that counts as success",
            DefaultValueFactory = _ => 200,
        };
        var timeout = Arguments.Duration("--timeout", "How long one check may take", "2s");
        var scenario = Arguments.Text("--scenario",
            "File of commands to run at given seconds: SECONDS COMMAND on each line");
        var site = new Option<string>("--site-header")
        {
            Description = "Response header that names the site",
            DefaultValueFactory = _ => "x-meridian-site",
        };
        var output = Arguments.Output();
        var command = new ExampleCommand("drill",
            "Check a URL as a client does and sum up every outage. Exit status 1 when the last check failed.",
            "meridian drill --url http://kokoro.ai.example.com/ --resolver 127.0.0.1:5300 --checks 180")
        {
            url, resolver, via, gateway, interval, checks, expect, timeout, scenario, site, report, server, output,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new DrillOptions
            {
                Url = result.GetRequiredValue(url),
                Resolver = result.GetValue(resolver),
                Ways = [.. result.GetValue(via) ?? []],
                Gateway = result.GetValue(gateway),
                Interval = result.GetValue(interval),
                Checks = result.GetValue(checks),
                Expect = result.GetValue(expect),
                Timeout = result.GetValue(timeout),
                SiteHeader = result.GetRequiredValue(site),
            },
            result.GetValue(scenario),
            result.GetValue(report),
            result.GetRequiredValue(server),
            result.GetRequiredValue(output) == "json",
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DrillOptions options, string? scenarioFile, string? report, Uri server,
        bool json, CancellationToken cancellationToken)
    {
        if (options.Ways.Contains(DrillWay.Gateway) && options.Gateway is null)
            throw new StartException("--via gateway needs --gateway ADDRESS:PORT");
        var scenario = ReadScenario(scenarioFile);
        var console = Screen.Create();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var commands = scenario.RunAsync(text => Write(console, text, json), TimeProvider.System, ended.Token);
        var clients = DrillRunner.Clients(options, TimeProvider.System);
        var results = await DrillRunner.RunAsync(options, options.Checks, clients,
            check => Print(console, check, json), TimeProvider.System, 1, cancellationToken);
        await ended.CancelAsync();
        await commands;
        var summaries = DrillSummary.ByWay(options, results);
        if (report is not null)
            await WriteReportAsync(options, results, report, server);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new { Summaries = summaries, Checks = results },
                ApiJson.Options));
        else
            foreach (var summary in summaries)
                SummaryText.Write(Console.Out, summary);
        return results.Length > 0
            && options.Ways.All(w => results.Last(c => c.Way == w).Ok) ? ExitCode.Done : ExitCode.NotSo;
    }

    private static async Task WriteReportAsync(DrillOptions options, ImmutableArray<DrillCheck> checks, string file,
        Uri server)
    {
        ImmutableArray<HistoryEvent> events = [];
        try
        {
            using var client = new ManagementClient(server, null);
            events = [.. await client.HistoryAsync(new HistoryQuery(1000), CancellationToken.None)];
        }
        catch (ManagementException e)
        {
            await Console.Error.WriteLineAsync($"meridian: the report has no events of the servers: {e.Message}");
        }

        try
        {
            NewFile.Write(file, DrillReport.Html(options, checks, DrillEvents.Of(events, checks)), NewFile.ForAll);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the report {file} cannot be written: {e.Message}");
        }
    }

    internal static void Print(IAnsiConsole console, DrillCheck check, bool quiet)
    {
        if (quiet)
            return;
        var result = check.Ok ? $"[green]{check.Status}[/]"
            : $"[red]{check.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "fail"}[/]";
        var way = check.Way == DrillWay.Gateway ? "gw " : "dns";
        var line = $"[grey]{check.At.ToLocalTime():HH:mm:ss.fff}[/] {check.Number,4}  {way}  {result,-18} "
            + $"{check.Address ?? "-",-16} {Markup.Escape(check.Site ?? "-"),-12} "
            + $"{check.Latency.TotalMilliseconds,8:0.0} ms  {Markup.Escape(check.Error ?? "")}";
        console.MarkupLine(line.TrimEnd());
    }

    private static void Write(IAnsiConsole console, string text, bool quiet)
    {
        if (!quiet)
            console.MarkupLineInterpolated($"[blue]{text}[/]");
    }

    private static DrillScenario ReadScenario(string? file)
    {
        if (file is null)
            return new DrillScenario([]);
        try
        {
            return DrillScenario.Parse(file, RegularFile.ReadText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StartException(e is FormatException
                ? e.Message : $"the scenario {file} cannot be read: {e.Message}");
        }
    }
}
