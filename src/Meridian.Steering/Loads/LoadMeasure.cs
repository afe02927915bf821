using System.Collections.Immutable;
using Meridian.Model.Loads;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Loads;

/// <summary>Turns the figures of addresses into the load of their pools, and that into weights.</summary>
internal static class LoadMeasure
{
    // The capacity of a pool that no client is to get; it must not be 0.
    private const double LeastCapacity = 1e-6;

    /// <summary>The pools with their weights one tick later.</summary>
    /// <param name="shape">The endpoint.</param>
    /// <param name="pools">Its pools; those that are new have no weight by their load yet.</param>
    /// <param name="loads">What is known; null for nothing yet.</param>
    /// <param name="now">The time.</param>
    /// <param name="with">The pool with another weight.</param>
    public static ImmutableArray<PoolPlan> Weigh(EndpointShape shape, ImmutableArray<PoolPlan> pools, ILoads? loads,
        DateTimeOffset now, Func<PoolPlan, PoolWeight, PoolPlan> with)
    {
        var weights = WeightLaw.Next(Measure(shape, pools, loads, now), [.. pools.Select(p => p.ByLoad)]);
        return [.. pools.Zip(weights, with)];
    }

    /// <summary>
    /// The load of each pool. Under policy LeastLoad a pool's capacity is that of its addresses, otherwise it is its
    /// weight. Where it is not known of every pool how full it is, the pools are compared by their work.
    /// </summary>
    public static PoolLoad[] Measure(EndpointShape shape, ImmutableArray<PoolPlan> pools, ILoads? loads,
        DateTimeOffset now)
    {
        var known = pools.Select(p => FiguresOf(p, loads, now)).ToArray();
        var absolute = known.All(pool => pool.All(f => f.Utilisation is not null));
        var declared = pools.All(p => p.Addresses.All(a => p.CapacityOf(a, loads) is not null));
        return [.. pools.Zip(known, (pool, figures) =>
        {
            var addresses = Measured(pool).ToArray();
            var capacity = shape.Endpoint.Traits.WeighsByLoad
                ? addresses.Sum(a => declared ? pool.CapacityOf(a, loads)!.Value : 1)
                : pool.Shape.Member.Weight;
            return Of(figures, addresses.Length, absolute, Math.Max(LeastCapacity, capacity)) with
            {
                Serves = pool.Serves && pool.Shape.Member.Weight > 0,
                IsRamping = pool.Share(now, shape.Endpoint.Recovery.Ramp) < 1,
            };
        })];
    }

    // As long as half of the addresses have figures, those stand for all; the load is as old as that half.
    private static PoolLoad Of(Figure[] figures, int addresses, bool absolute, double capacity)
    {
        var nothing = new PoolLoad { Capacity = capacity };
        var half = (addresses + 1) / 2;
        if (figures.Length < half || figures.Length == 0)
            return nothing;
        var age = figures[half - 1].Age;
        var (work, room, count) = (0.0, 0.0, 0);
        foreach (var figure in figures)
        {
            if (figure.Age > age && figure.Age > WeightLaw.StaleAfter)
                break;
            var share = figure.Capacity ?? 1;
            if ((absolute ? figure.Utilisation * share : figure.Work) is not { } used)
                continue;
            (work, room, count) = (work + used, room + share, count + 1);
        }

        return count == 0 ? nothing : nothing with
        {
            Utilisation = absolute ? work / room : work * addresses / count / capacity,
            IsAbsolute = absolute,
            Age = age,
        };
    }

    private static IEnumerable<AddressPlan> Measured(PoolPlan pool) =>
        pool.Serves ? pool.Addresses.Where(a => a.IsUp) : pool.Addresses;

    // The figures of the addresses, the newest first.
    private static Figure[] FiguresOf(PoolPlan pool, ILoads? loads, DateTimeOffset now) =>
    [
        .. from address in Measured(pool)
           let figure = loads?.Of(pool.KeyOf(address))
           where figure is not null
           let capacity = pool.CapacityOf(address, loads)
           let age = now - figure.At
           orderby age
           select new Figure(age, figure.Utilisation(pool.Shape.Signal, capacity), figure.Work, capacity),
    ];

    private readonly record struct Figure(TimeSpan Age, double? Utilisation, double? Work, double? Capacity);
}
