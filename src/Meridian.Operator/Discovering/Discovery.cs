using System.Collections.Immutable;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>What is known of all clusters at one moment.</summary>
public sealed record Discovery(ImmutableDictionary<string, DiscoveredCluster> Clusters)
{
    public static Discovery None { get; } = new(ImmutableDictionary<string, DiscoveredCluster>.Empty);

    /// <summary>Cluster resource → what of it is not used, because another has its name.</summary>
    public ImmutableSortedDictionary<string, string> Conflicts { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    public DiscoveredObject? Find(ClusterReference reference) =>
        Clusters.GetValueOrDefault(reference.Cluster)?.Objects.GetValueOrDefault(reference);

    /// <summary>The objects with certain labels, in the order of their names.</summary>
    internal IEnumerable<DiscoveredObject> Find(Selection selection) =>
        Clusters.GetValueOrDefault(selection.Cluster)?.Objects.Values
            .Where(o => selection.Matches(o.Reference, o.Labels))
            .OrderBy(o => o.Reference.Name, StringComparer.Ordinal) ?? Enumerable.Empty<DiscoveredObject>();

    /// <summary>Whether another discovery is the same in everything.</summary>
    public bool IsSameAs(Discovery other) =>
        IsSamePlacesAs(other) && Conflicts.SequenceEqual(other.Conflicts)
        && Clusters.Values.All(c => other.Clusters[c.Name] is var o && o.Fault == c.Fault
        && c.Objects.Values.All(i => o.Objects[i.Reference].IsSameReadinessAs(i)));

    /// <summary>This discovery, with what was known before of clusters that have not been read whole yet.</summary>
    public Discovery Over(Discovery before) => this with
    {
        Clusters = Clusters.ToImmutableDictionary(c => c.Key, c =>
            c.Value.Synced || !before.Clusters.TryGetValue(c.Key, out var old)
            ? c.Value : c.Value with { Objects = old.Objects, AnsweredAt = old.AnsweredAt }),
    };

    /// <summary>
    /// Whether another discovery leads to the same addresses, annotations and sites, whatever is ready behind them.
    /// </summary>
    public bool IsSamePlacesAs(Discovery other) => Clusters.Count == other.Clusters.Count && Clusters.Values.All(c =>
        other.Clusters.TryGetValue(c.Name, out var o) && o.Site == c.Site && o.Synced == c.Synced
        && o.Annotations == c.Annotations
        && (ReferenceEquals(o.Objects, c.Objects) || (o.Objects.Count == c.Objects.Count && c.Objects.Values.All(i =>
            o.Objects.TryGetValue(i.Reference, out var j) && i.IsSamePlaceAs(j)))));
}
