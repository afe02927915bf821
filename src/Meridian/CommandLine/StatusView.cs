using Meridian.Api.Contracts;
using Meridian.Model.Verdicts;
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
        parts.AddRange(status.Warnings.Where(w => w != status.NotReady)
            .Select(w => new Markup($"[red]{Markup.Escape(w)}[/]")));
        if (status.StateFault is { } fault)
            parts.Add(new Markup($"[red]{Markup.Escape(fault)}[/]"));
        if (status.Geography.IsEmpty)
            parts.Add(new Markup("[yellow]no --geo database: Nearest answers in the order of the pools[/]"));
        var table = new FittedTable(
        [
            new("endpoint", 3, Least: 12), new("policy", 9), new("ttl", 11), new("pool", 2, Least: 12),
            new("site", 7, Least: 12), new("state", 5), new("weight", 6), new("address", 0), new("verdict", 1),
            new("since", 8), new("reason", 4, Least: 20), new("last probe", 10), new("in flight", 14),
            new("load", 12, Least: 20), new("why that weight", 13, Least: 16),
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
        var of = OfEndpoint(endpoint);
        if (endpoint.Pools.IsEmpty)
            table.Add([.. of, "", "", "", "", "no pool"]);
        foreach (var pool in endpoint.Pools)
        {
            var within = OfPool(pool);
            var why = pool.Weight?.Reason ?? "";
            if (pool.Addresses.IsEmpty)
                table.Add([.. of, .. within, "no address", .. Empty(6), why]);
            foreach (var address in pool.Addresses)
            {
                within[1] = SiteOf(pool, address, within[0].Text.Length > 0);
                table.Add([.. of, .. within, .. OfAddress(address, now), LoadOf(address), why]);
                (of, within, why) = (Empty(3), Empty(4), "");
            }

            of = Empty(3);
        }
    }

    private static FittedCell[] Empty(int cells) => [.. Enumerable.Repeat<FittedCell>("", cells)];

    private static FittedCell[] OfPool(PoolStatus pool) =>
        [pool.Name, pool.Site ?? "", Screen.State(pool.State), pool.Weight is { } known ? $"{known.Weight}" : ""];

    // The site of a pool stands once; that of an address does where it is another.
    private static string SiteOf(PoolStatus pool, AddressStatus address, bool isFirst) =>
        address.Site is { } site && site != pool.Site ? site : isFirst ? pool.Site ?? "" : "";

    private static FittedCell[] OfEndpoint(EndpointStatus endpoint) =>
    [
        new(endpoint.Hostname,
            new Style(endpoint.Serving || !endpoint.Judged ? null : Color.Red, decoration: Decoration.Bold)),
        endpoint.Enabled ? endpoint.Policy : $"{endpoint.Policy} (disabled)",
        $"{endpoint.Ttl} s",
    ];

    private static FittedCell[] OfAddress(AddressStatus address, DateTimeOffset now) =>
    [
        address.Value,
        Screen.State(address.Suspected ? $"{address.Verdict}?" : address.Verdict),
        Screen.Ago(address.Since, now),
        address.Override is { } placed
            ? $"{placed.State.ToString().ToLowerInvariant()} by {placed.Author}; {placed.Reason}{Disagreement(address)}"
            : address.Reason + (address.Origin is null ? "" : $" (from {address.Origin})"),
        address.Probes.IsEmpty
            ? "" : $"{address.Probes[0].Milliseconds:0.0} ms, {Screen.Ago(address.Probes[0].At, now, " ago")}",
        address.InFlight is { } count ? $"{count}" : "",
    ];

    private static string Disagreement(AddressStatus address) => address.Override is { } placed
        && OverrideDisagreement.Of(placed.State, address.Verdict, address.Reason) is { } text ? $" ({text})" : "";

    private static string LoadOf(AddressStatus address) => string.Join("; ",
        new[] { address.Load?.Summary, address.Load?.Fault is { } fault ? $"not read: {fault}" : null }
            .Where(t => t is not null));
}
