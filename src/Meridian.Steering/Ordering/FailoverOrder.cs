using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>By priority, smallest number first.</summary>
internal sealed class FailoverOrder : PoolOrder
{
    public override bool ByChance => false;

    public override bool IncludesRamp => false;

    public override Selector First(EndpointShape shape, ImmutableArray<PoolPlan> pools) =>
        Selector.Fixed(shape.FixedOrder.First(i => pools[i].Serves));

    public override void Order(EndpointPlan plan, in ClientView client, ulong draw, DateTimeOffset now,
        Span<int> order, out byte scope)
    {
        scope = 0;
        plan.Shape.FixedOrder.CopyTo(order);
    }

    public override string Explain(EndpointPlan plan, in ClientView client, Place? place,
        ImmutableArray<PoolExplanation> pools) => $"By priority the pools are {NamesOf(pools)}.";
}
