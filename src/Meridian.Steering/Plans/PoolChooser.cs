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
        PoolPlan pool, int index, Candidates candidates, in ClientView client, ulong draw, Span<Pick> picks,
        ref byte scope)
    {
        var (start, count) = Run(pool, candidates, client, draw, picks.Length, ref scope);
        for (var i = 0; i < count; i++)
            picks[i] = new Pick(index, candidates.Indices[(start + i) % candidates.Indices.Length]);
        return count;
    }

    /// <summary>The same choice as octets that lie ready.</summary>
    public static ReadOnlySpan<byte> ChooseReady(
        PoolPlan pool, Candidates candidates, scoped in ClientView client, ulong draw, int most, scoped ref byte scope)
    {
        var (start, count) = Run(pool, candidates, client, draw, most, ref scope);
        return candidates.Octets(start, count);
    }

    // Every policy answers a run of the candidates, which begins anew at its end.
    private static (int Start, int Count) Run(
        PoolPlan pool, Candidates candidates, scoped in ClientView client, ulong draw, int most, scoped ref byte scope)
    {
        var length = candidates.Indices.Length;
        switch (pool.Policy)
        {
            case PoolPolicy.Weighted:
                return (candidates.Draw(draw), 1);
            case PoolPolicy.Sticky:
                scope = Math.Max(scope, client.StickyBits);
                return (Best(pool, candidates.Indices, new HashedScore(client.StickyHash())), 1);
            case PoolPolicy.Failover:
                return (0, 1);
            case PoolPolicy.Nearest:
                return (Nearest(pool, candidates.Indices, client, ref scope), 1);
            case PoolPolicy.All:
                return (0, Math.Min(most, length));
            default:
                return (length == 1 ? 0 : Mixing.Below(draw, length), Math.Min(most, length));
        }
    }

    // The smallest of -ln(u)/w, as for pools; addresses of weight 0 only when there is nothing else.
    private static int Best(PoolPlan pool, ImmutableArray<int> candidates, HashedScore score)
    {
        if (candidates.Length == 1)
            return 0;
        var best = 0;
        var bestKey = double.PositiveInfinity;
        var bestPositive = false;
        for (var i = 0; i < candidates.Length; i++)
        {
            var weight = pool.Addresses[candidates[i]].Shape.Source.Weight;
            var key = -Math.Log(Mixing.Unit(score.Of(pool.Shape.Seed ^ (ulong)(candidates[i] + 1)))) / Math.Max(1,
                weight);
            if (weight > 0 ? !bestPositive || key < bestKey : !bestPositive && key < bestKey)
            {
                best = i;
                bestKey = key;
                bestPositive = weight > 0;
            }
        }

        return best;
    }

    private static int Nearest(PoolPlan pool, ImmutableArray<int> candidates, scoped in ClientView client,
        ref byte scope)
    {
        var order = pool.Shape.Nearness!.Orders[pool.Shape.Nearness.Find(client.Address, out var bits)];
        scope = Math.Max(scope, bits);
        foreach (var index in order)
        {
            if (candidates.BinarySearch(index) is >= 0 and var found)
                return found;
        }

        return 0;
    }
}
