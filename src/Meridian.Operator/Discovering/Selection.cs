using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Operator.Discovering;

/// <summary>The objects of a cluster that an address stands for by their labels, ready to be matched.</summary>
/// <param name="Cluster">Name of the cluster.</param>
/// <param name="Kind">What they are.</param>
/// <param name="Namespace">Their namespace; null for every one.</param>
/// <param name="Labels">Their labels.</param>
internal sealed record Selection(string Cluster, string Kind, string? Namespace, LabelSelector Labels)
{
    /// <summary>What a source selects; null where it names its object.</summary>
    public static Selection? Of(AddressSource? source) =>
        source?.Select is { } select && LabelSelector.TryParse(select.Labels, out var labels, out _)
            ? new Selection(source.Cluster, select.Kind.ToString(), select.Namespace, labels) : null;

    /// <summary>Whether an object is one of them.</summary>
    public bool Matches(ClusterReference reference, IReadOnlyDictionary<string, string> labels) =>
        reference.Cluster == Cluster && reference.Kind == Kind
        && (Namespace is null || reference.Name.StartsWith(Namespace + '/', StringComparison.Ordinal))
        && Labels.Matches(labels);
}
