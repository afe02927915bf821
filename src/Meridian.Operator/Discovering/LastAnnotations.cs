using System.Collections.Immutable;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>
/// Remembers the annotations of every object that could be read last, as the last good version of a resource is
/// remembered: a slip in an annotation takes nothing out of service. Used by the hub's loop alone.
/// </summary>
internal sealed class LastAnnotations
{
    private readonly Dictionary<ClusterReference, ImmutableDictionary<string, string>> _last;

    /// <param name="remembered">What was known before the start.</param>
    public LastAnnotations(Discovery remembered) => _last = remembered.Clusters.Values
        .SelectMany(c => c.Objects.Values).ToDictionary(o => o.Reference, o => o.Annotations);

    /// <summary>The cluster, with the annotations that could be read last where those of now cannot be.</summary>
    public DiscoveredCluster Apply(DiscoveredCluster cluster)
    {
        if (!cluster.Synced)
            return cluster;
        foreach (var gone in _last.Keys.Where(r => r.Cluster == cluster.Name && !cluster.Objects.ContainsKey(r))
            .ToArray())
            _last.Remove(gone);
        return cluster with { Objects = cluster.Objects.ToImmutableDictionary(o => o.Key, o => Apply(o.Value)) };
    }

    private DiscoveredObject Apply(DiscoveredObject one)
    {
        var (_, faults) = Expansion.Read(one.Annotations);
        if (!faults.IsEmpty && _last.TryGetValue(one.Reference, out var last))
            return one with { Annotations = last, Faults = faults };
        if (faults.IsEmpty)
            _last[one.Reference] = one.Annotations;
        return one;
    }
}
