using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>
/// By who asks: the pools of the client's source, then the others by priority, so that the name is answered at all.
/// </summary>
internal sealed class SourceMapOrder : PlaceOrder
{
    public override OrderMap Compile(OrderMaps maps, EndpointShape shape)
    {
        var source = shape.SourceMap!;
        return new OrderMap(maps.BySource(source), [.. source.Sources.Select(s => OrderOf(s.Pools)),
            OrderOf(source.Default)]);

        ImmutableArray<int> OrderOf(ImmutableArray<string> names) =>
        [
            .. names.SelectMany(name => Enumerable.Range(0, shape.Pools.Length)
                    .Where(i => shape.Pools[i].Pool.Name == name))
                .Concat(shape.FixedOrder).Distinct(),
        ];
    }

    public override string Explain(EndpointPlan plan, in ClientView client, Place? place,
        ImmutableArray<PoolExplanation> pools)
    {
        var source = plan.Shape.Orders!.Map.Find(client.Address);
        var who = source == plan.Shape.SourceMap!.Sources.Length
            ? $"SourceMap {plan.Endpoint.SourceMap} has no source for the client; its default"
            : $"Source number {source + 1} of SourceMap {plan.Endpoint.SourceMap}";
        return $"{who} gives the order {NamesOf(pools)}.";
    }
}
