using System.Collections.Immutable;

namespace Meridian.Model.Loads;

/// <summary>A metric by name, and what its labels must be.</summary>
/// <param name="Name">The whole name.</param>
/// <param name="Labels">Conditions that all must hold.</param>
public sealed record MetricSelector(string Name, ImmutableArray<LabelMatch> Labels)
{
    public bool Matches(MetricSample sample) =>
        sample.Name == Name && Labels.All(l => l.Matches(sample.Labels.GetValueOrDefault(l.Label, "")));
}
