using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>
/// Orders by scores. Weighted sampling without replacement and weighted rendezvous hashing are the same sum: each pool
/// gets -ln(u)/w with u by chance or by hash, and the smallest wins (Efraimidis and Spirakis 2006; Schindelhauer and
/// Schomaker 2005). A pool that is coming back has a smaller weight for a while.
/// </summary>
internal abstract class ScoreOrder : PoolOrder
{
    public override bool IncludesRamp => true;

    protected static void OrderByScore<TScore>(EndpointPlan plan, TScore score, bool evenly, DateTimeOffset now,
        Span<int> order) where TScore : struct, IScore
    {
        Span<double> keys = stackalloc double[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var pool = plan.Pools[i];
            var weight = (evenly ? 1 : pool.Weight) * pool.Share(now, plan.Endpoint.Recovery.Ramp);
            keys[i] = -Math.Log(Mixing.Unit(score.Of(pool.Shape.Seed))) / weight; // of weight 0: infinite, the last
            order[i] = i;
        }

        keys.Sort(order);
    }
}
