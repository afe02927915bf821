using System.Collections.Immutable;
using Meridian.Model.Resources;

namespace Meridian.Steering.Plans;

/// <summary>Picks among the addresses of one pool.</summary>
internal static class PoolChooser
{
    /// <param name="pool">The pool.</param>
    /// <param name="index">Its index in the endpoint.</param>
    /// <param name="candidates">The addresses that may be picked; not empty.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="picks">Takes the choice; not empty.</param>
    /// <param name="scope">Widened to what the choice looked at.</param>
    public static int Choose(
        PoolPlan pool, int index, Candidates candidates, in ClientView client, ulong draw, Span<Pick> picks, ref byte scope)
    {
        switch (pool.Shape.Pool.Policy)
        {
            case PoolPolicy.Weighted:
                picks[0] = new Pick(index, candidates.Draw(draw));
                return 1;
            case PoolPolicy.Sticky:
                scope = Math.Max(scope, client.StickyBits);
                picks[0] = new Pick(index, Best(pool, candidates.Indices, new HashedScore(client.StickyHash())));
                return 1;
            case PoolPolicy.Failover:
                picks[0] = new Pick(index, candidates.Indices[0]);
                return 1;
            case PoolPolicy.Nearest:
                picks[0] = new Pick(index, Nearest(pool, candidates.Indices, client, ref scope));
                return 1;
            case PoolPolicy.All:
                return Take(index, candidates.Indices, 0, picks);
            default:
                return Take(index, candidates.Indices, Mixing.Below(draw, candidates.Indices.Length), picks);
        }
    }

    private static int Take(int pool, ImmutableArray<int> candidates, int start, Span<Pick> picks)
    {
        var count = Math.Min(picks.Length, candidates.Length);
        for (var i = 0; i < count; i++)
        {
            picks[i] = new Pick(pool, candidates[start]);
            start = start + 1 == candidates.Length ? 0 : start + 1;
        }

        return count;
    }

    // The smallest of -ln(u)/w, as for pools; addresses of weight 0 only when there is nothing else.
    private static int Best(PoolPlan pool, ImmutableArray<int> candidates, HashedScore score)
    {
        var best = candidates[0];
        var bestKey = double.PositiveInfinity;
        var bestPositive = false;
        foreach (var candidate in candidates)
        {
            var weight = pool.Addresses[candidate].Shape.Source.Weight;
            var key = -Math.Log(Mixing.Unit(score.Of(pool.Shape.Seed ^ (ulong)(candidate + 1)))) / Math.Max(1, weight);
            if (weight > 0 ? !bestPositive || key < bestKey : !bestPositive && key < bestKey)
            {
                best = candidate;
                bestKey = key;
                bestPositive = weight > 0;
            }
        }

        return best;
    }

    private static int Nearest(PoolPlan pool, ImmutableArray<int> candidates, in ClientView client, ref byte scope)
    {
        var order = pool.Shape.Nearness!.Orders[pool.Shape.Nearness.Find(client.Address, out var bits)];
        scope = Math.Max(scope, bits);
        foreach (var index in order)
        {
            if (candidates.BinarySearch(index) >= 0)
                return index;
        }

        return candidates[0];
    }
}
