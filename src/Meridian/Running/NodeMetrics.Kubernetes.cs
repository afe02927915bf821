using System.Collections.Immutable;

namespace Meridian.Running;

/// <summary>What a node has to do with clusters, measured.</summary>
internal static partial class NodeMetrics
{
    private static ImmutableArray<MetricDescription> Kubernetes =>
    [
        new("meridian.cluster.reachable", "{bool}", "1 while the API server of the cluster answers", ["cluster"],
            node => node.Discovery.Clusters.Values.Where(c => c.IsReachable is not null)
                .Select(c => M(c.IsReachable == true ? 1 : 0, ("cluster", c.Name)))),
        new("meridian.cluster.objects", "{object}", "Objects of the cluster that are watched", ["cluster"],
            node => node.Discovery.Clusters.Values.Select(c => M(c.ObjectCount, ("cluster", c.Name)))),
        new("meridian.objects.refused", "{object}", "Custom resources whose latest version is not served", [],
            node => [M(node.State.RefusedObjects.Count)]),
        new("meridian.records.clients", "{client}",
            "Clients with records, such as the ExternalDNS of a cluster, by whether they were heard within half " +
            "their lease", ["state"], node =>
            [M(node.Records.Counts.Heard, ("state", "heard")), M(node.Records.Counts.Silent, ("state", "silent"))]),
        new("meridian.records", "{record}", "Record sets that clients wrote", [],
            node => [M(node.Records.Counts.Records)]),
    ];
}
