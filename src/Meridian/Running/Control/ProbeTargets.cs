using System.Collections.Immutable;
using Meridian.Health;
using Meridian.Steering;

namespace Meridian.Running.Control;

/// <summary>What is probed for the sake of a steering table.</summary>
internal static class ProbeTargets
{
    /// <summary>Every probe that some address in the table is judged by, once.</summary>
    public static ImmutableArray<ProbeTarget> Of(SteeringTable table) =>
    [
        .. (from endpoint in table.Endpoints
            from pool in endpoint.AllPools
            where pool.Shape.Check is not null
            from address in pool.Addresses
            where address.Shape.Probe is not null
            select new ProbeTarget(address.Shape.Probe!.Value, pool.Shape.Check!)).DistinctBy(t => t.Key),
    ];
}
