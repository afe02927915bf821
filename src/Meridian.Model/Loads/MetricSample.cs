using System.Collections.Immutable;

namespace Meridian.Model.Loads;

/// <summary>One line of metrics.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">Its value; not a number where the line says so.</param>
public sealed record MetricSample(string Name, ImmutableDictionary<string, string> Labels, double Value);
