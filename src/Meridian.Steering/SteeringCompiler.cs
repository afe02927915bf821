using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Steering.Plans;

namespace Meridian.Steering;

/// <summary>Compiles a sound configuration into a steering table.</summary>
public static class SteeringCompiler
{
    /// <param name="resources">A configuration without faults.</param>
    /// <param name="geo">Where clients are.</param>
    /// <param name="verdicts">What is known of addresses.</param>
    /// <param name="now">The time.</param>
    /// <param name="previous">The table before, whose memory (since when, what was good last) lives on.</param>
    public static SteeringTable Compile(
        ResourceSet resources, GeoDatabase geo, IVerdicts verdicts, DateTimeOffset now, SteeringTable? previous = null)
    {
        var shapes = new ShapeCompiler(resources, geo, verdicts);
        var before = previous?.Endpoints.ToDictionary(e => e.Endpoint.Name) ?? [];
        ImmutableArray<EndpointPlan> endpoints =
        [
            .. resources.Endpoints.Select(e =>
                EndpointCompiler.Plan(shapes.Shape(e), verdicts, now, before.GetValueOrDefault(e.Name))),
        ];
        var byProbe = endpoints
            .SelectMany((e, i) => e.AllPools.SelectMany(p => p.Addresses).Where(a => a.Shape.Probe is not null)
                .Select(a => (Key: a.Shape.Probe!.Value, Index: i)))
            .GroupBy(p => p.Key, p => p.Index)
            .ToFrozenDictionary(g => g.Key, g => g.Distinct().ToImmutableArray());
        var byHostname = endpoints.Select((e, i) => (e, i)).Where(e => e.e.Endpoint.Enabled)
            .ToFrozenDictionary(e => e.e.Shape.Hostname, e => e.i);
        return new SteeringTable(endpoints, byHostname, byProbe, geo);
    }
}
