using Meridian.Api.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Meridian.CommandLine;

/// <summary>Draws the state of a node for a terminal of some width.</summary>
internal static class StatusView
{
    public static Rows Draw(StatusReport status, int width)
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
        var table = new FittedTable(
        [
            new("endpoint", 3, Wraps: true), new("policy", 9), new("ttl", 11), new("pool", 2), new("site", 7),
            new("state", 5), new("address", 0), new("verdict", 1), new("since", 6), new("reason", 4, Wraps: true),
            new("last probe", 10), new("in flight", 13), new("weight", 8, Wraps: true), new("load", 12, Wraps: true),
        ]);
        foreach (var endpoint in status.Endpoints)
            Add(table, endpoint, status.Now);
        parts.Add(table.Render(width));
        parts.AddRange(status.Overrides.Select(o => new Markup(
            $"[yellow]override[/] {Markup.Escape(o.Target)} {o.State.ToString().ToLowerInvariant()} by "
            + $"{Markup.Escape(o.Author)}: {Markup.Escape(o.Reason)}"
            + (o.Expires is { } end ? $" (until {Screen.Time(end)})" : ""))));
        return new Rows(parts);
    }

    private static void Add(FittedTable table, EndpointStatus endpoint, DateTimeOffset now)
    {
        var firstOfEndpoint = true;
        foreach (var pool in endpoint.Pools)
        {
            var firstOfPool = true;
            foreach (var address in pool.Addresses)
            {
                FittedCell[] of =
                    firstOfEndpoint ? OfEndpoint(endpoint) : ["", "", ""];
                FittedCell[] within = firstOfPool
                    ? [pool.Name, pool.Site ?? "", Screen.State(pool.State)] : ["", "", ""];
                var weight = firstOfPool && pool.Weight is { } known ? $"{known.Weight} ({known.Reason})" : "";
                table.Add([.. of, .. within, .. OfAddress(address, now), weight, LoadOf(address)]);
                (firstOfEndpoint, firstOfPool) = (false, false);
            }
        }
    }

    private static FittedCell[] OfEndpoint(EndpointStatus endpoint) =>
    [
        new(endpoint.Hostname, new Style(endpoint.Serving ? null : Color.Red, decoration: Decoration.Bold)),
        endpoint.Enabled ? endpoint.Policy : $"{endpoint.Policy} (disabled)",
        $"{endpoint.Ttl} s",
    ];

    private static FittedCell[] OfAddress(AddressStatus address, DateTimeOffset now) =>
    [
        address.Value,
        Screen.State(address.Suspected ? $"{address.Verdict}?" : address.Verdict),
        Screen.Ago(address.Since, now),
        address.Override is { } placed
            ? $"{placed.State.ToString().ToLowerInvariant()} by {placed.Author}; {address.Reason}"
            : address.Reason + (address.Origin is null ? "" : $" (from {address.Origin})"),
        address.Probes.IsEmpty
            ? "" : $"{address.Probes[0].Milliseconds:0.0} ms, {Screen.Ago(address.Probes[0].At, now)}",
        address.InFlight is { } count ? $"{count}" : "",
    ];

    private static string LoadOf(AddressStatus address) => string.Join("; ",
        new[] { address.Load?.Summary, address.Load?.Fault is { } fault ? $"not read: {fault}" : null }
            .Where(t => t is not null));
}
