using System.Collections.Immutable;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>Orders that a map of client addresses gives.</summary>
internal abstract class PlaceOrder : PoolOrder
{
    public override bool ByChance => false;

    public override bool IncludesRamp => false;

    public abstract override OrderMap Compile(OrderMaps maps, EndpointShape shape);

    public override Selector First(EndpointShape shape, ImmutableArray<PoolPlan> pools) =>
        Selector.ByPlace(shape.Orders!.Map, shape.Orders.Firsts(i => pools[i].Serves));

    public override void Order(EndpointPlan plan, in ClientView client, ulong draw, DateTimeOffset now,
        Span<int> order, out byte scope) =>
        plan.Shape.Orders!.OrderOf(client, out scope).CopyTo(order);
}
