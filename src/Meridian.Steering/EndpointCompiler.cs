using System.Collections.Immutable;
using Meridian.Model.Loads;
using Meridian.Model.Verdicts;
using Meridian.Steering.Loads;
using Meridian.Steering.Plans;

namespace Meridian.Steering;

/// <summary>Judges the pools of an endpoint by the verdicts. Pure: the same input gives the same plan.</summary>
internal static class EndpointCompiler
{
    public static EndpointPlan Plan(EndpointShape shape, IVerdicts verdicts, DateTimeOffset now, EndpointPlan? previous)
    {
        var before = previous?.Pools.ToDictionary(p => p.Shape.Pool.Name) ?? [];
        var judged = shape.Pools.Select(pool => Judge(pool, verdicts)).ToArray();
        Guard(shape, judged, before, now);
        var pools = judged.Select(j =>
            Build(j, before.GetValueOrDefault(j.Shape.Pool.Name), shape.Endpoint.FollowsLoad, now)).ToImmutableArray();
        if (shape.Endpoint.FollowsLoad && pools.Any(p => p.ByLoad is null))
            pools = LoadMeasure.Weigh(shape, pools, null, now);
        var changed = previous is null || !SameAnswers(previous.Pools, pools) ? now : previous.ChangedAt;
        var behind = shape.Behind is null ? null : Plan(shape.Behind, verdicts, now, previous?.Behind);
        return new EndpointPlan(shape, pools, changed, LastGood(shape, pools, previous), behind);
    }

    /// <summary>
    /// The endpoint one tick of the weight law later; itself where its weights do not follow its load.
    /// </summary>
    public static EndpointPlan Weigh(EndpointPlan plan, ILoads loads, DateTimeOffset now)
    {
        if (!plan.Endpoint.FollowsLoad)
            return plan;
        var pools = LoadMeasure.Weigh(plan.Shape, plan.Pools, loads, now);
        return new EndpointPlan(plan.Shape, pools, plan.ChangedAt, plan.LastGood,
            plan.Behind is null ? null : Weigh(plan.Behind, loads, now));
    }

    private static Judged Judge(PoolShape pool, IVerdicts verdicts)
    {
        var addresses = pool.Addresses.Select(a => (Address: a, Evidence: verdicts.EvidenceOf(a)))
            .Select(a => new AddressPlan(
            a.Address,
            a.Evidence ?? (a.Address.Probe is { } key ? verdicts.Of(key) : Verdict.Unchecked),
            verdicts.OverrideOf(pool.Pool.Name, a.Address.Value, a.Address.Site))
        {
            Evidence = a.Evidence,
        }).ToImmutableArray();
        var up = addresses.Count(a => a.IsUp);
        var state =
            up >= pool.MinHealthy ? PoolState.Up :
            // its names are not resolved yet, or its cluster has not told its addresses
            addresses.IsEmpty ? PoolState.Unknown :
            addresses.Length > 0 && addresses.Any(a => a.State == VerdictState.Draining)
                && !addresses.Any(a => a.State is VerdictState.Down or VerdictState.Unknown) ? PoolState.Draining :
            addresses.Any(a => a.State == VerdictState.Unknown) ? PoolState.Unknown :
            PoolState.Down;
        return new Judged(pool, addresses, state);
    }

    // Pools that a person took out do not count: the guard limits automation. Those that went down first stay out.
    private static void Guard(EndpointShape shape, Judged[] judged, Dictionary<string, PoolPlan> before,
        DateTimeOffset now)
    {
        var allowed = Math.Max(1, shape.Endpoint.Guard.MaxRemoved.AtMostOf(judged.Length));
        var removed = judged
            .Where(j => j.State == PoolState.Down && j.Addresses.Any(a => a.Override is null))
            .OrderBy(j => before.TryGetValue(j.Shape.Pool.Name, out var old) && !IsServing(old) ? old.Since : now)
            .ThenByDescending(j => Array.IndexOf(judged, j))
            .ToArray();

        // When everything is down, whenAllDown is the better word.
        if (removed.Length == judged.Length && allowed >= judged.Length)
            return;
        foreach (var kept in removed.Skip(allowed))
            kept.State = PoolState.Guarded;

        static bool IsServing(PoolPlan plan) => plan.State is PoolState.Up or PoolState.Guarded;
    }

    private static PoolPlan Build(Judged judged, PoolPlan? before, bool followsLoad, DateTimeOffset now)
    {
        var since = before?.State == judged.State ? before.Since : now;
        var recovered = judged.State switch
        {
            PoolState.Up when before is { State: PoolState.Down or PoolState.Draining } => now,
            PoolState.Up => before?.RecoveredAt,
            _ => null,
        };
        return new PoolPlan(judged.Shape, judged.Addresses, judged.State, since, recovered,
            followsLoad ? before?.ByLoad : null);
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

        if (previous is null || ReferenceEquals(previous.Shape, shape))
            return previous?.LastGood ?? [];

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

    private sealed class Judged(PoolShape shape, ImmutableArray<AddressPlan> addresses, PoolState state)
    {
        public PoolShape Shape { get; } = shape;

        public ImmutableArray<AddressPlan> Addresses { get; } = addresses;

        public PoolState State { get; set; } = state;
    }
}
