using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>One pool drawn per query, each as often as the others.</summary>
internal sealed class RoundRobinOrder : ScoreOrder
{
    public override bool ByChance => true;

    public override Selector First(EndpointShape shape, ImmutableArray<PoolPlan> pools) =>
        Selector.ByWeight(Serving(pools).Select(i => (i, 1.0)));

    public override void Order(EndpointPlan plan, in ClientView client, ulong draw, DateTimeOffset now,
        Span<int> order, out byte scope)
    {
        scope = 0;
        OrderByScore(plan, new DrawnScore(draw), evenly: true, now, order);
    }

    public override string Explain(EndpointPlan plan, in ClientView client, Place? place,
        ImmutableArray<PoolExplanation> pools) =>
        $"One pool is drawn evenly for each query; this time the order is {NamesOf(pools)}.";
}
