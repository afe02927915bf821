using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering;

/// <summary>Compiles a sound configuration into a steering table.</summary>
public static class SteeringCompiler
{
    /// <summary>
    /// Compiles the table. Shapes and plans whose inputs are those of before are the same instances, and where all are,
    /// so is the table.
    /// </summary>
    /// <param name="resources">A configuration without faults.</param>
    /// <param name="geo">Where clients are.</param>
    /// <param name="verdicts">What is known of addresses.</param>
    /// <param name="now">The time.</param>
    /// <param name="previous">The table before, whose memory (since when, what was good last) lives on.</param>
    public static SteeringTable Compile(
        ResourceSet resources, GeoDatabase geo, IVerdicts verdicts, DateTimeOffset now, SteeringTable? previous = null)
    {
        var shapes = new ShapeCompiler(resources, geo, verdicts, previous);
        var before = previous?.Endpoints.ToDictionary(e => e.Endpoint.Name) ?? [];
        ImmutableArray<EndpointPlan> endpoints =
        [
            .. from endpoint in resources.Endpoints
               let was = before.GetValueOrDefault(endpoint.Name)
               select EndpointCompiler.Plan(shapes.Shape(endpoint, was?.Shape), verdicts, now, was),
        ];
        if (previous is null)
            return new SteeringTable(endpoints, HostnamesOf(endpoints), ProbesOf(endpoints), geo);
        if (ReferenceEquals(previous.Geo, geo) && previous.Endpoints.SequenceEqual(endpoints, ReferenceEquals))
            return previous;
        return previous.Endpoints.Length == endpoints.Length
            && previous.Endpoints.Zip(endpoints).All(e => HasSameKeys(e.First.Shape, e.Second.Shape))
            ? previous.With(endpoints, geo)
            : new SteeringTable(endpoints, HostnamesOf(endpoints), ProbesOf(endpoints), geo);
    }

    private static FrozenDictionary<string, int> HostnamesOf(ImmutableArray<EndpointPlan> endpoints) =>
        endpoints.Index().Where(e => e.Item.Endpoint.Enabled).ToFrozenDictionary(e => e.Item.Shape.Hostname,
            e => e.Index);

    private static FrozenDictionary<ProbeKey, ImmutableArray<int>> ProbesOf(ImmutableArray<EndpointPlan> endpoints) =>
        endpoints.Index().SelectMany(e => e.Item.Shape.Probes.Select(key => (Key: key, e.Index)))
            .GroupBy(p => p.Key, p => p.Index)
            .ToFrozenDictionary(g => g.Key, g => g.Distinct().ToImmutableArray());

    // Whether an endpoint is found by the same name and the same probes as before.
    private static bool HasSameKeys(EndpointShape before, EndpointShape after) =>
        ReferenceEquals(before, after)
        || (before.Hostname == after.Hostname && before.Endpoint.Enabled == after.Endpoint.Enabled
            && before.Probes.SequenceEqual(after.Probes));
}
