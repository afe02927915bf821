using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Api.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Meridian.CommandLine;

/// <summary><c>meridian status</c>: endpoints, pools and addresses with verdicts.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on showing it, live" };
        var server = Arguments.Server();
        var token = Arguments.TokenFile();
        var output = Arguments.Output();
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
                return await WatchAsync(api, cancellationToken);
            var status = await api.StatusAsync(cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(status, ApiJson.Options));
            else
                Screen.Create().Write(Draw(status));
            return status.Endpoints.All(e => e.Serving || !e.Enabled) ? ExitCode.Done : ExitCode.NotSo;
        });
        return command;
    }

    private static async Task<int> WatchAsync(ManagementClient api, CancellationToken cancellationToken)
    {
        var console = Screen.Create();
        var first = await api.StatusAsync(cancellationToken);
        await console.Live(Draw(first)).AutoClear(false).StartAsync(async live =>
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    live.UpdateTarget(Draw(await api.StatusAsync(cancellationToken)));
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

    private static Rows Draw(StatusReport status)
    {
        var since = Screen.Ago(status.StartedAt, status.Now);
        var ready = status.Ready ? "[green]ready[/]" : $"[red]not ready: {Markup.Escape(status.NotReady ?? "")}[/]";
        var parts = new List<IRenderable>
        {
            new Markup($"node [bold]{Markup.Escape(status.Node)}[/]  meridian {status.Version}  up {since}  {ready}  "
                + $"{status.Health.Targets} targets, {status.Health.Probes} probes"),
        };
        parts.AddRange(status.Configuration.Faults.Take(5)
            .Select(f => new Markup($"[red]configuration on disk, not served:[/] {Markup.Escape(f)}")));
        if (status.StateFault is { } fault)
            parts.Add(new Markup($"[red]{Markup.Escape(fault)}[/]"));
        if (status.Geography.IsEmpty)
            parts.Add(new Markup("[yellow]no --geo database: Nearest answers in the order of the pools[/]"));
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in (string[])["endpoint", "policy", "ttl", "pool", "site", "state", "address", "verdict",
            "since", "reason", "last probe", "in flight"])
            table.AddColumn(column);
        var loaded = status.Endpoints.Any(e => e.Pools.Any(p => p.Addresses.Any(a => a.Load is not null)));
        if (loaded)
            table.AddColumns("weight", "load");
        foreach (var endpoint in status.Endpoints)
            AddEndpoint(table, endpoint, status.Now, loaded);
        parts.Add(table);
        parts.AddRange(status.Overrides.Select(o => new Markup(
            $"[yellow]override[/] {Markup.Escape(o.Target)} {o.State.ToString().ToLowerInvariant()} by "
            + $"{Markup.Escape(o.Author)}: {Markup.Escape(o.Reason)}"
            + (o.Expires is { } end ? $" (until {end:u})" : ""))));
        return new Rows(parts);
    }

    private static void AddEndpoint(Table table, EndpointStatus endpoint, DateTimeOffset now, bool loaded)
    {
        var firstOfEndpoint = true;
        foreach (var pool in endpoint.Pools)
        {
            var firstOfPool = true;
            foreach (var address in pool.Addresses)
            {
                IRenderable[] cells =
                [
                    firstOfEndpoint ? new Text(endpoint.Hostname,
                        new Style(endpoint.Serving ? null : Color.Red, decoration: Decoration.Bold)) : Text.Empty,
                    firstOfEndpoint ? new Text(endpoint.Enabled ? endpoint.Policy : $"{endpoint.Policy} (disabled)")
                    : Text.Empty,
                    firstOfEndpoint ? new Text($"{endpoint.Ttl} s") : Text.Empty,
                    firstOfPool ? new Text(pool.Name) : Text.Empty,
                    firstOfPool ? new Text(pool.Site ?? "") : Text.Empty,
                    firstOfPool ? Screen.State(pool.State) : Text.Empty,
                    new Text(address.Value),
                    Screen.State(address.Suspected ? $"{address.Verdict}?" : address.Verdict),
                    new Text(Screen.Ago(address.Since, now)),
                    new Text(address.Override is { } placed
                        ? $"{placed.State.ToString().ToLowerInvariant()} by {placed.Author}; {address.Reason}"
                        : address.Reason + (address.Origin is null ? "" : $" (from {address.Origin})")),
                    new Text(address.Probes.IsEmpty
                        ? "" : $"{address.Probes[0].Milliseconds:0.0} ms, {Screen.Ago(address.Probes[0].At, now)}"),
                    new Text(address.InFlight is { } count ? $"{count}" : "").RightJustified(),
                ];
                table.AddRow(!loaded ? cells :
                [
                    .. cells,
                    new Text(firstOfPool && pool.Weight is { } weight ? $"{weight.Weight} ({weight.Reason})" : ""),
                    new Text(string.Join("; ",
                        new[] { address.Load?.Summary, address.Load?.Fault is { } fault ? $"not read: {fault}" : null }
                        .Where(t => t is not null))),
                ]);
                (firstOfEndpoint, firstOfPool) = (false, false);
            }
        }
    }
}
