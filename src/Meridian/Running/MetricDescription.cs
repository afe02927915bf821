using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Meridian.Running;

/// <summary>One metric: what it is called, what it means, and how it is read.</summary>
internal sealed record MetricDescription(
    string Name, string Unit, string Description,
    ImmutableArray<string> Labels, Func<Node, IEnumerable<Measurement<double>>> Read)
{
    /// <summary>Whether it only grows.</summary>
    public bool Counter { get; init; }

    /// <summary>What Prometheus calls it.</summary>
    public string PrometheusName => Name.Replace('.', '_') + (Counter ? "_total" : "");
}
