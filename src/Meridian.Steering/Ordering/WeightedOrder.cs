using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>One pool drawn per query in proportion to the weights; weight 0 only when nothing else serves.</summary>
internal sealed class WeightedOrder : ScoreOrder
{
    public override bool ByChance => true;

    public override Selector First(EndpointShape shape, ImmutableArray<PoolPlan> pools) =>
        Selector.ByWeight(Serving(pools).Select(i => (i, (double)pools[i].Weight)));

    public override void Order(EndpointPlan plan, in ClientView client, ulong draw, DateTimeOffset now,
        Span<int> order, out byte scope)
    {
        scope = 0;
        OrderByScore(plan, new DrawnScore(draw), evenly: !plan.HasWeights, now, order);
    }

    public override string Explain(EndpointPlan plan, in ClientView client, Place? place,
        ImmutableArray<PoolExplanation> pools)
    {
        var weights = string.Join(", ",
            pools.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name} {p.Weight}"));
        return $"One pool is drawn for each query, weights {weights}; this time the order is {NamesOf(pools)}.";
    }
}
