using System.Collections.Immutable;

namespace Meridian.Operator.Exporting;

/// <summary>What became of every exported service in every cluster that it is meant for. Immutable.</summary>
/// <param name="Faults">
/// ExportedService → cluster → why the Service there is not as it should be; null where it is. The cluster that holds
/// the resources has the empty name.
/// </param>
public sealed record ExportReport(
    ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string?>> Faults)
{
    public static ExportReport None { get; } =
        new(ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string?>>.Empty);

    /// <summary>The report of what each cluster says; the same one where nothing is different.</summary>
    public ExportReport With(IEnumerable<(string Cluster, ImmutableSortedDictionary<string, string?> Faults)> clusters)
    {
        var next = clusters.SelectMany(c => c.Faults.Select(f => (Export: f.Key, c.Cluster, Fault: f.Value)))
            .GroupBy(f => f.Export).ToImmutableSortedDictionary(g => g.Key,
                g => g.ToImmutableSortedDictionary(f => f.Cluster, f => f.Fault, StringComparer.Ordinal),
                StringComparer.Ordinal);
        return next.Count == Faults.Count && next.All(n => Faults.GetValueOrDefault(n.Key) is { } before
            && before.SequenceEqual(n.Value)) ? this : new ExportReport(next);
    }
}
