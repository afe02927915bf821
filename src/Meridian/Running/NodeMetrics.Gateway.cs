using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Meridian.Gateway.Observing;

namespace Meridian.Running;

/// <summary>What a node's gateway counts.</summary>
internal static partial class NodeMetrics
{
    private static ImmutableArray<MetricDescription> Gateway =>
    [
        new("meridian.gateway.attempts", "{request}", "Requests sent to an address, repetitions among them",
            ["route", "site"],
            node => BySite(node, c => c.Attempts)) { Counter = true },
        new("meridian.gateway.served", "{request}", "Answers passed on whole", ["route", "site"],
            node => BySite(node, c => c.ServedRequests)) { Counter = true },
        new("meridian.gateway.failovers", "{request}",
            "Requests that another address took over, by the site that failed them and how far they had come",
            ["route", "site", "phase"],
            node => Routes(node).SelectMany(r => r.Counts.Failovers.Select(f =>
                M(f.Count, ("route", r.Route), ("site", f.Site),
                    ("phase", f.Phase.ToString().ToLowerInvariant()))))) { Counter = true },
        new("meridian.gateway.lost", "{answer}", "Answers that broke off, which the client was told: alert on it",
            ["route", "site"],
            node => BySite(node, c => c.LostStreams)) { Counter = true },
        new("meridian.gateway.resumed", "{answer}",
            "Answers that broke off and were continued, by the site that continued them", ["route", "site"],
            node => BySite(node, c => c.ResumedStreams)) { Counter = true },
        new("meridian.gateway.hedges", "{request}", "Requests sent to a second address beside a slow first",
            ["route", "result"],
            node => Routes(node).SelectMany(r => new[]
            {
                M(r.Counts.Hedges.Won, ("route", r.Route), ("result", "won")),
                    M(r.Counts.Hedges.Lost, ("route", r.Route), ("result", "lost")),
            })) { Counter = true },
        new("meridian.gateway.in_flight", "{request}", "Requests under way", ["pool", "address"],
            node => node.Gateway?.InFlight
                .Select(l => M(l.InFlight, ("pool", l.Pool), ("address", $"{l.Host}:{l.Port}"))) ?? []),
        new("meridian.gateway.retry.budget", "{request}", "Repetitions that the budget allows now: alert at 0",
            ["route"],
            node => Routes(node).Select(r => M(r.RetriesLeft, ("route", r.Route)))),
        new("meridian.gateway.replay.bytes", "By", "Octets of request bodies that are kept until their answers begin",
            ["tier"],
            node => node.Gateway is { } gateway
                ? [M(gateway.Kept.Memory, ("tier", "memory")), M(gateway.Kept.Disk, ("tier", "disk"))] : []),
        new("meridian.gateway.panic", "{bool}",
            "1 when fewer than half of the addresses are up, so that the others are used as well: alert on it",
            ["route"],
            node => Routes(node).Select(r => M(r.Panics ? 1 : 0, ("route", r.Route)))),
    ];

    private static IEnumerable<RouteStatistics> Routes(Node node) => node.Gateway?.Statistics ?? [];

    private static IEnumerable<Measurement<double>> BySite(Node node,
        Func<RouteCounts, IEnumerable<(string Site, long Count)>> counts) =>
        Routes(node).SelectMany(r => counts(r.Counts).Select(c => M(c.Count, ("route", r.Route), ("site", c.Site))));
}
