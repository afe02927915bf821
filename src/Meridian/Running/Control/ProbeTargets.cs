using System.Collections.Immutable;
using Meridian.Health;
using Meridian.Model;
using Meridian.Steering;

namespace Meridian.Running.Control;

/// <summary>What is probed for the sake of a steering table.</summary>
internal static class ProbeTargets
{
    /// <summary>Every probe that some address in the table is judged by, once.</summary>
    /// <param name="table">The table.</param>
    /// <param name="resources">The resources that it was compiled from.</param>
    public static ImmutableArray<ProbeTarget> Of(SteeringTable table, ResourceSet resources) =>
        [.. table.Probes.Select(key => new ProbeTarget(key, resources.HealthChecks[key.Check]))];
}
