using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Api.Contracts;
using Spectre.Console;

namespace Meridian.CommandLine;

/// <summary><c>meridian status</c>: endpoints, pools and addresses with verdicts.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions Line = new(ApiJson.Options) { WriteIndented = false };

    public static Command Create()
    {
        var watch = new Option<bool>("--watch", "-w")
        {
            Description = "Go on showing it, live; with -o json a line a second",
        };
        var server = Arguments.Server();
        var token = Arguments.TokenFile();
        var output = Arguments.WideOutput();
        var command = new ExampleCommand("status",
            "Show endpoints, pools and addresses with their verdicts. Exit status 1 when an endpoint has no pool that "
            + "is up.", "meridian status --watch")
        {
            watch, server, token, output,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            if (result.GetValue(watch))
                return result.GetRequiredValue(output) == "json" ? await StreamAsync(api, cancellationToken)
                    : await WatchAsync(api, result.GetRequiredValue(output) == "wide", cancellationToken);
            var status = await api.StatusAsync(cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(status, ApiJson.Options));
            else
                Print(status, result.GetRequiredValue(output) == "wide");
            return status.Endpoints.All(e => e.Serving || !e.Enabled) ? ExitCode.Done : ExitCode.NotSo;
        });
        return command;
    }

    private static void Print(StatusReport status, bool wide)
    {
        var console = Screen.Create(wide);
        console.Write(StatusView.Draw(status, console.Profile.Width));
    }

    // Prints one JSON document per line and refresh, so that a program can read them as they arrive.
    private static async Task<int> StreamAsync(ManagementClient api, CancellationToken cancellationToken)
    {
        while (true)
        {
            Console.WriteLine(JsonSerializer.Serialize(await api.StatusAsync(cancellationToken), Line));
            await Task.Delay(Refresh, cancellationToken);
        }
    }

    private static async Task<int> WatchAsync(ManagementClient api, bool wide,
        CancellationToken cancellationToken)
    {
        var console = Screen.Create(wide);
        var first = await api.StatusAsync(cancellationToken);
        await console.Live(StatusView.Draw(first, console.Profile.Width)).AutoClear(false).StartAsync(async live =>
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    live.UpdateTarget(StatusView.Draw(await api.StatusAsync(cancellationToken),
                        console.Profile.Width));
                    await Task.Delay(Refresh, cancellationToken);
                }
                catch (ManagementException e)
                {
                    live.UpdateTarget(new Markup($"[red]{Markup.Escape(e.Message)}[/]\n"));
                    await Task.Delay(Refresh, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        });
        return ExitCode.Done;
    }
}
