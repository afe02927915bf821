using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Drill;
using Meridian.Running;
using Spectre.Console;

namespace Meridian.CommandLine;

/// <summary><c>meridian drill</c>: the client's truth about a failover.</summary>
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
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
                    return uri;
                result.AddError($"`{result.Tokens[0].Value}` is not an http or https URL");
                return null;
            },
        };
        var resolver = Arguments.EndPoint("--resolver", "Name server to ask; the system's by default", null);
        var interval = Arguments.Duration("--interval", "Time between two checks", "1s");
        var checks = new Option<int>("--checks") { Description = "How many checks", DefaultValueFactory = _ => 180 };
        var expect = new Option<int>("--expect") { Description = "The status that counts as success", DefaultValueFactory = _ => 200 };
        var timeout = Arguments.Duration("--timeout", "How long one check may take", "2s");
        var scenario = new Option<string?>("--scenario") { Description = "File of commands to run at given seconds: SECONDS COMMAND on each line" };
        var site = new Option<string>("--site-header") { Description = "Response header that names the site", DefaultValueFactory = _ => "x-meridian-site" };
        var output = Arguments.Output();
        var command = new ExampleCommand("drill", "Check a URL as a client does and sum up every outage. Exit status 1 when the last check failed.", "meridian drill --url http://kokoro.ai.example.com/ --resolver 127.0.0.1:5300 --checks 180")
        {
            url, resolver, interval, checks, expect, timeout, scenario, site, output,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new DrillOptions
            {
                Url = result.GetRequiredValue(url),
                Resolver = result.GetValue(resolver),
                Interval = result.GetValue(interval),
                Checks = result.GetValue(checks),
                Expect = result.GetValue(expect),
                Timeout = result.GetValue(timeout),
                SiteHeader = result.GetRequiredValue(site),
            },
            result.GetValue(scenario),
            result.GetRequiredValue(output) == "json",
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DrillOptions options, string? scenarioFile, bool json, CancellationToken cancellationToken)
    {
        var scenario = ReadScenario(scenarioFile);
        var console = Screen.Create();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var commands = scenario.RunAsync(text => Say(console, text, json), TimeProvider.System, ended.Token);
        var client = new DrillClient(options, TimeProvider.System);
        var results = await DrillRunner.RunAsync(options, options.Checks, client,
            check => Print(console, check, json), TimeProvider.System, 1, cancellationToken);
        await ended.CancelAsync();
        await commands;
        var summary = DrillSummary.Of(options, results);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new { Summary = summary, Checks = results }, ApiJson.Options));
        else
            SummaryText.Write(Console.Out, summary);
        return results.Length > 0 && results[^1].Ok ? ExitCode.Done : ExitCode.NotSo;
    }

    internal static void Print(IAnsiConsole console, DrillCheck check, bool quiet)
    {
        if (quiet)
            return;
        var result = check.Ok ? $"[green]{check.Status}[/]" : $"[red]{check.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "fail"}[/]";
        console.MarkupLine($"[grey]{check.At.ToLocalTime():HH:mm:ss.fff}[/] {check.Number,4}  {result,-18} {check.Address ?? "-",-16} " +
            $"{Markup.Escape(check.Site ?? "-"),-12} {check.Latency.TotalMilliseconds,8:0.0} ms  {Markup.Escape(check.Error ?? "")}".TrimEnd());
    }

    private static void Say(IAnsiConsole console, string text, bool quiet)
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
            return DrillScenario.Parse(file, File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StartException(e is FormatException ? e.Message : $"the scenario {file} cannot be read: {e.Message}");
        }
    }
}
