using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>The same order for the same client network, by consistent hashing.</summary>
internal sealed class StickyOrder : ScoreOrder
{
    public override bool ByChance => false;

    public override Selector First(EndpointShape shape, ImmutableArray<PoolPlan> pools) =>
        Selector.ByHash(Serving(pools).Select(i => (i, pools[i].Shape.Seed, (double)pools[i].Weight)));

    public override void Order(EndpointPlan plan, in ClientView client, ulong draw, DateTimeOffset now,
        Span<int> order, out byte scope)
    {
        scope = client.StickyBits;
        OrderByScore(plan, new HashedScore(client.StickyHash()), evenly: !plan.HasWeights, now, order);
    }

    public override string Explain(EndpointPlan plan, in ClientView client, Place? place,
        ImmutableArray<PoolExplanation> pools) =>
        $"By consistent hashing of the client's /{client.StickyBits} the order is {NamesOf(pools)}.";
}
