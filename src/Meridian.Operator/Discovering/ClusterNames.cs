using System.Collections.Immutable;

namespace Meridian.Operator.Discovering;

/// <summary>Which cluster every name stands for.</summary>
/// <param name="Clusters">The clusters; each name is there once.</param>
/// <param name="Conflicts">Cluster resource → what of it is not used, because its name is taken.</param>
internal sealed record ClusterNames(
    ImmutableArray<NamedCluster> Clusters, ImmutableSortedDictionary<string, string> Conflicts);
