using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Meridian.Fleet.Votes;

namespace Meridian.Running;

/// <summary>What a node counts of the cluster that it is a part of.</summary>
internal static partial class NodeMetrics
{
    private static ImmutableArray<MetricDescription> Fleet =>
    [
        new("meridian.fleet.nodes", "{node}", "Nodes whose sessions in the shared store last, by region", ["region"],
            node => Of(node, f => f.Members.Values.CountBy(m => m.Region)
                .Select(r => M(r.Value, ("region", r.Key))))),
        new("meridian.fleet.gone", "{node}",
            "Nodes that were a part of the cluster, are not here, and have not been forgotten", [],
            node => Of(node, f => [M(f.Known.Keys.Count(k => !f.Members.ContainsKey(k)))])),
        new("meridian.fleet.ill", "{node}", "Nodes that have no opinion because they do not believe their own probes",
            [], node => Of(node, f =>
                [M(f.Members.Values.Count(m => m.Illness is not null && !f.Drains.ContainsKey(m.Name)))])),
        new("meridian.store.attached", "{bool}", "1 when the node follows the shared store: alert on 0", [],
            node => Of(node, f => [M(f.IsAttached ? 1 : 0)])),
        new("meridian.store.shared.fault", "{bool}", "1 when a person must see to the shared store: alert on it", [],
            node => Of(node, f => [M(f.Fault is null ? 0 : 1)])),
        new("meridian.store.revision", "{revision}", "Revision of the shared store that the node knows", [],
            node => Of(node, f => [M(f.Revision)])),
        new("meridian.store.unshared", "{bool}",
            "1 when the shared store does not take in records or updates that this node alone has: alert on it", [],
            node => node.Shared is { } shared ? [M(shared.Refusal is null ? 0 : 1)] : []),
        new("meridian.zone.versions.pending", "{zone}",
            "Zones that hold more here than the version that others copy", [],
            node => node.Shared is { } shared ? [M(shared.Versions.Pending)] : []),
        new("meridian.zone.publisher", "{zone}", "Zones whose versions this node publishes for all", [],
            node => node.Shared is { } shared ? [M(shared.Versions.Publishes)] : []),
        new("meridian.claims.written", "{key}", "Keys that the node has written into the shared store", [],
            node => Of(node, f => [M(f.Written)])) { Counter = true },
        new("meridian.claims.waiting", "{key}", "Keys that wait to be written there", [],
            node => Of(node, f => [M(f.Waiting)])),
        new("meridian.vantage.votes", "{vote}", "Nodes' words on targets that not all see up, by what they say",
            ["state"], node => Of(node, f => f.Held.Values.SelectMany(v => v.Votes).CountBy(v => v.State)
                .Select(v => M(v.Value, ("state", NameOf(v.Key)))))),
    ];

    private static IEnumerable<Measurement<double>> Of(Node node,
        Func<FleetReport, IEnumerable<Measurement<double>>> measure) =>
        node.Fleet is { } fleet ? measure(fleet.Report) : [];

    private static string NameOf(VoteState state) => state.ToString().ToLowerInvariant();
}
