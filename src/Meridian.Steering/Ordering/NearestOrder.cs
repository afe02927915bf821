using System.Collections.Immutable;
using System.Globalization;
using Meridian.Geography;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>By distance from the client's place to the pool's site.</summary>
internal sealed class NearestOrder : PlaceOrder
{
    public override OrderMap Compile(OrderMaps maps, EndpointShape shape) =>
        maps.ByDistance(shape.Pools.Select(p => p.Site));

    public override string Explain(EndpointPlan plan, in ClientView client, Place? place,
        ImmutableArray<PoolExplanation> pools)
    {
        if (place?.Point is null)
            return $"So the pools stand in the order of the resource: {NamesOf(pools)}.";
        return $"By distance the pools are {string.Join(", ", pools.Select(WithDistance))}.";
    }

    private static string WithDistance(PoolExplanation pool) => pool.DistanceKm is { } km
        ? string.Create(CultureInfo.InvariantCulture, $"{pool.Name} ({km:#,0} km)")
        : pool.Name;
}
