using System.Collections.Immutable;

namespace Meridian.Steering.Loads;

/// <summary>
/// Turns the utilisation of pools into the weights by which DNS and the gateway draw among them. Pure: one step a tick.
/// <para>
/// The obvious law, to give in proportion to the room that is left, has a loop gain of ρ/(1-ρ), which grows without
/// bound as the whole gets full, and oscillates once resolvers' caches delay its effect. This one corrects only the
/// deviation from the mean, with a gain of <see cref="Gain"/> whatever the load and the delay, and learns by a slow
/// integral what is wrong with the declared capacities. It never gives all to the least loaded, which old figures make
/// the worst choice (Mitzenmacher, "How useful is old information?", 2000). The figures: docs/load.md.
/// </para>
/// </summary>
public static class WeightLaw
{
    /// <summary>What the weights of an endpoint's pools add up to.</summary>
    public const int Scale = 1000;

    /// <summary>How strongly a deviation is corrected; below 1 it cannot make waves.</summary>
    public const double Gain = 0.5;

    /// <summary>How often a step is made.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    /// <summary>An older figure counts no more: the weight begins to go back to the capacity.</summary>
    public static readonly TimeSpan StaleAfter = Tick * 3;

    /// <summary>An older figure is as good as none.</summary>
    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Rise = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Fall = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Return = TimeSpan.FromSeconds(60);

    private const double TrimGain = 0.02;
    private const double LeastTrim = 0.5;
    private const double MostTrim = 2;
    private const double LeastFactor = 0.1;
    private const double MostFactor = 2;

    // Below this mean, load does not show what a pool could bear.
    private const double LeastMeanToLearn = 0.3;
    private const double LeastMean = 0.05;

    // The most that a weight changes in a tick, as a part of it.
    private const double MostChange = 0.1;

    // Smaller changes of a weight are not worth a new table.
    private const double WorthPublishing = 0.03;

    // From which deviation on a pool is called busier or less busy than the mean.
    private const double Notable = 0.05;

    /// <summary>The weights after one tick.</summary>
    /// <param name="loads">The pools of an endpoint.</param>
    /// <param name="before">What the step before gave, in the same order; null for a pool that is new.</param>
    public static ImmutableArray<PoolWeight> Next(ReadOnlySpan<PoolLoad> loads, ReadOnlySpan<PoolWeight?> before)
    {
        var pools = new PoolWeight[loads.Length];
        for (var i = 0; i < pools.Length; i++)
            pools[i] = Smooth(loads[i], Begin(loads[i], before[i]));
        var mean = Mean(loads, pools, out var absolute);
        for (var i = 0; i < pools.Length; i++)
            pools[i] = Step(loads[i], pools[i], mean, absolute);
        return Publish(pools, before);
    }

    private static bool Counts(in PoolLoad load) =>
        load is { Serves: true, Utilisation: not null } && load.Age <= StaleAfter;

    // Another capacity was configured, or comes of addresses that come and go: it counts at once.
    private static PoolWeight Begin(in PoolLoad load, PoolWeight? before) => before is null
        ? new PoolWeight { Published = 0, Exact = load.Capacity, Capacity = load.Capacity }
        : before with { Exact = before.Exact * load.Capacity / before.Capacity, Capacity = load.Capacity };

    // Rises are believed sooner than falls.
    private static PoolWeight Smooth(in PoolLoad load, PoolWeight weight)
    {
        if (load.Utilisation is not { } now || load.Age > StaleAfter)
            return load.Age > ForgottenAfter || load.Utilisation is null ? weight with { Utilisation = null } : weight;
        var smoothed = weight.Utilisation is { } was
            ? was + ((1 - Math.Exp(-(Tick / (now > was ? Rise : Fall)))) * (now - was))
            : now;
        return weight with { Utilisation = smoothed };
    }

    private static double? Mean(ReadOnlySpan<PoolLoad> loads, PoolWeight[] pools, out bool absolute)
    {
        var (work, capacity) = (0.0, 0.0);
        absolute = true;
        for (var i = 0; i < pools.Length; i++)
        {
            if (!Counts(loads[i]))
                continue;
            var share = loads[i].Capacity * pools[i].Trim;
            work += pools[i].Utilisation!.Value * share;
            capacity += share;
            absolute &= loads[i].IsAbsolute;
        }

        return capacity > 0 ? work / capacity : null;
    }

    private static PoolWeight Step(in PoolLoad load, PoolWeight pool, double? mean, bool absolute)
    {
        if (!load.Serves)
            return pool with { Exact = load.Capacity * pool.Trim, Reason = WeightReason.Out };
        if (mean is not { } m || !Counts(load))
            return GoBack(load, pool);
        var deviation = pool.Utilisation!.Value - m;
        var trim = absolute && m >= LeastMeanToLearn && !load.IsRamping
            ? Math.Clamp(pool.Trim * (1 - (TrimGain * deviation)), LeastTrim, MostTrim)
            : pool.Trim;
        var relative = deviation / (absolute ? Math.Max(m, LeastMean) : m > 0 ? m : 1);
        var wanted = load.Capacity * trim * Math.Clamp(1 - (Gain * relative), LeastFactor, MostFactor);
        return pool with
        {
            Trim = trim,
            Exact = Math.Clamp(wanted, pool.Exact * (1 - MostChange), pool.Exact * (1 + MostChange)),
            Reason = relative > Notable ? WeightReason.Busier : relative < -Notable
                ? WeightReason.Idler : WeightReason.Balanced,
        };
    }

    // No figure is never taken for no load, nor for too much.
    private static PoolWeight GoBack(in PoolLoad load, PoolWeight pool)
    {
        if (load.Utilisation is null || load.Age > ForgottenAfter)
            return pool with { Exact = Toward(load.Capacity), Reason = WeightReason.NoFigure };
        return pool with { Exact = Toward(load.Capacity * pool.Trim), Reason = WeightReason.Stale };

        double Toward(double target) => pool.Exact + ((1 - Math.Exp(-(Tick / Return))) * (target - pool.Exact));
    }

    private static ImmutableArray<PoolWeight> Publish(PoolWeight[] pools, ReadOnlySpan<PoolWeight?> before)
    {
        var total = pools.Sum(p => p.Exact);
        var keeps = true;
        for (var i = 0; i < pools.Length; i++)
        {
            var wanted = Math.Max(1, (int)Math.Round(Scale * pools[i].Exact / total));
            keeps &= before[i] is { } old && Math.Abs(wanted - old.Published) <= old.Published * WorthPublishing;
            pools[i] = pools[i] with { Published = wanted };
        }

        for (var i = 0; keeps && i < pools.Length; i++)
            pools[i] = pools[i] with { Published = before[i]!.Published };
        return [.. pools];
    }
}
