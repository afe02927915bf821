using System.Collections.Immutable;
using Meridian.Model.Loads;
using Meridian.Model.Verdicts;
using Meridian.Steering.Loads;
using Meridian.Steering.Plans;

namespace Meridian.Steering;

/// <summary>Judges the pools of an endpoint by the verdicts. Pure: the same input gives the same plan.</summary>
internal static class EndpointCompiler
{
    /// <summary>The endpoint with what the verdicts say now; the plan before where that is the same.</summary>
    public static EndpointPlan Plan(EndpointShape shape, IVerdicts verdicts, DateTimeOffset now, EndpointPlan? previous)
    {
        var before = previous?.Pools.ToDictionary(p => p.Shape.Pool.Name) ?? [];
        var judged = shape.Pools
            .Select(pool => Judge(pool, verdicts, before.GetValueOrDefault(pool.Pool.Name))).ToArray();
        Guard(shape, judged, now);
        var followsLoad = shape.Endpoint.FollowsLoad;
        var pools = judged.Select(j => Build(j, followsLoad, now)).ToImmutableArray();
        if (followsLoad && pools.Any(p => p.ByLoad is null))
            pools = LoadMeasure.Weigh(shape, pools, null, now, (pool, weight) => pool.WithNew(weight));
        var behind = shape.Behind is null ? null : Plan(shape.Behind, verdicts, now, previous?.Behind);
        if (previous is not null && ReferenceEquals(previous.Shape, shape) && ReferenceEquals(previous.Behind, behind)
            && previous.Pools.SequenceEqual(pools, ReferenceEquals))
            return previous;
        var changed = previous is null || !SameAnswers(previous.Pools, pools) ? now : previous.ChangedAt;
        return new EndpointPlan(shape, pools, changed, LastGood(shape, pools, previous), behind);
    }

    /// <summary>
    /// The endpoint one tick of the weight law later; the same where its weights do not follow load, or none changes.
    /// </summary>
    public static EndpointPlan Weigh(EndpointPlan plan, ILoads loads, DateTimeOffset now)
    {
        if (!plan.Endpoint.FollowsLoad)
            return plan;
        var pools = LoadMeasure.Weigh(plan.Shape, plan.Pools, loads, now, (pool, weight) => pool.With(weight));
        var behind = plan.Behind is null ? null : Weigh(plan.Behind, loads, now);
        return ReferenceEquals(plan.Behind, behind) && plan.Pools.SequenceEqual(pools, ReferenceEquals)
            ? plan
            : new EndpointPlan(plan.Shape, pools, plan.ChangedAt, plan.LastGood, behind);
    }

    private static Judged Judge(PoolShape pool, IVerdicts verdicts, PoolPlan? before)
    {
        var addresses = pool.Addresses.Select(a => Judge(pool, a, verdicts)).ToImmutableArray();
        if (before is not null && before.Addresses.SequenceEqual(addresses))
            addresses = before.Addresses;
        return new Judged(pool, addresses, StateOf(pool, addresses), before);
    }

    private static AddressPlan Judge(PoolShape pool, AddressShape address, IVerdicts verdicts)
    {
        var evidence = verdicts.EvidenceOf(address);
        var probed = address.Probe is { } key ? verdicts.Of(key) : Verdict.Unchecked;
        return new AddressPlan(address, evidence ?? probed,
            verdicts.OverrideOf(pool.Pool.Name, address.Value, address.Site))
        {
            Probed = probed,
            Evidence = evidence,
        };
    }

    private static PoolState StateOf(PoolShape pool, ImmutableArray<AddressPlan> addresses)
    {
        if (addresses.Count(a => a.IsUp) >= pool.MinHealthy)
            return PoolState.Up;

        // Its names are not resolved yet, or its cluster has not reported its addresses.
        if (addresses.IsEmpty)
            return PoolState.Unknown;
        if (addresses.Any(a => a.State == VerdictState.Unknown))
            return PoolState.Unknown;
        return addresses.Any(a => a.State == VerdictState.Down) || !addresses.Any(a => a.State == VerdictState.Draining)
            ? PoolState.Down
            : PoolState.Draining;
    }

    // Pools that a person took out do not count: the guard limits automation. Those that went down first stay out.
    private static void Guard(EndpointShape shape, Judged[] judged, DateTimeOffset now)
    {
        var allowed = Math.Max(1, shape.Endpoint.Guard.MaxRemoved.AtMostOf(judged.Length));
        var removed = judged
            .Where(j => j.State == PoolState.Down && j.Addresses.Any(a => a.Override is null))
            .OrderBy(j => j.Before is { Serves: false } before ? before.Since : now)
            .ThenByDescending(j => Array.IndexOf(judged, j))
            .ToArray();
        foreach (var kept in removed.Skip(allowed))
            kept.State = PoolState.Guarded;
    }

    private static PoolPlan Build(Judged judged, bool followsLoad, DateTimeOffset now)
    {
        var before = judged.Before;
        if (before is not null && ReferenceEquals(before.Shape, judged.Shape) && before.State == judged.State
            && before.Addresses == judged.Addresses && before.ByLoad is not null == followsLoad)
            return before;
        var since = before?.State == judged.State ? before.Since : now;
        return new PoolPlan(judged.Shape, judged.Addresses, judged.State, since, RecoveredAt(judged, now),
            followsLoad ? before?.Memory : null);
    }

    private static DateTimeOffset? RecoveredAt(Judged judged, DateTimeOffset now)
    {
        if (judged.State != PoolState.Up)
            return null;
        return judged.Before is { State: PoolState.Down or PoolState.Draining } ? now : judged.Before?.RecoveredAt;
    }

    private static bool SameAnswers(ImmutableArray<PoolPlan> before, ImmutableArray<PoolPlan> after) =>
        before.Length == after.Length && before.Zip(after).All(p =>
            p.First.Serves == p.Second.Serves && p.First.Shape.Pool.Name == p.Second.Shape.Pool.Name
            && Answered(p.First).SequenceEqual(Answered(p.Second)));

    private static IEnumerable<string> Answered(PoolPlan pool) =>
        Serving(pool).Select(i => pool.Addresses[i].Shape.Value);

    private static IEnumerable<int> Serving(PoolPlan pool) =>
        pool.V4.Indices.Concat(pool.V6.Indices).Concat(pool.Names.Indices);

    private static ImmutableArray<Pick> LastGood(EndpointShape shape, ImmutableArray<PoolPlan> pools,
        EndpointPlan? previous)
    {
        if (pools.Any(p => p.Serves))
        {
            return
            [
                .. shape.FixedOrder.Where(i => pools[i].Serves)
                    .SelectMany(i => Serving(pools[i]).Select(a => new Pick(i, a))),
            ];
        }

        if (previous is null)
            return [];

        // After a reload the same addresses may stand elsewhere.
        var good = previous.LastGood
            .Select(p => (previous.Pools[p.Pool].Shape.Pool.Name,
                previous.Pools[p.Pool].Addresses[p.Address].Shape.Value)).ToHashSet();
        return
        [
            .. from i in shape.FixedOrder
               from a in Enumerable.Range(0, pools[i].Addresses.Length)
               where good.Contains((pools[i].Shape.Pool.Name, pools[i].Addresses[a].Shape.Value))
               select new Pick(i, a),
        ];
    }

    private sealed class Judged(PoolShape shape, ImmutableArray<AddressPlan> addresses, PoolState state,
        PoolPlan? before)
    {
        public PoolPlan? Before { get; } = before;

        public PoolShape Shape { get; } = shape;

        public ImmutableArray<AddressPlan> Addresses { get; } = addresses;

        public PoolState State { get; set; } = state;
    }
}
