using System.Collections.Immutable;
using Meridian.Steering.Loads;

namespace Meridian.Steering.Tests.Loads;

/// <summary>
/// Sites behind one name, seen by resolvers that keep an answer for its TTL: what the law's weights do to the load of
/// each site, second by second. Traffic is fluid; the resolvers' shares follow Zipf, so that a large one moves much.
/// </summary>
internal sealed class LoadSimulation
{
    /// <summary>What each site can really bear.</summary>
    public required double[] Capacities { get; init; }

    /// <summary>What is declared of them; null for the truth.</summary>
    public double[]? Declared { get; init; }

    /// <summary>All traffic over all capacity.</summary>
    public required double Utilisation { get; init; }

    /// <summary>How long a resolver keeps an answer, in seconds.</summary>
    public required int Ttl { get; init; }

    public int Resolvers { get; init; } = 400;

    /// <summary>Zipf's exponent: 0 for equal resolvers.</summary>
    public double Lumpiness { get; init; } = 0.6;

    /// <summary>Seconds from and until which a site cannot be scraped.</summary>
    public (int Site, int From, int Until)? Outage { get; init; }

    public int Seconds { get; init; } = 3600;

    public int Seed { get; init; } = 1;

    /// <summary>What turns loads into weights.</summary>
    public Func<PoolLoad[], ImmutableArray<PoolWeight>, ImmutableArray<PoolWeight>> Law { get; init; } = Follow;

    /// <summary>The program's own law.</summary>
    public static ImmutableArray<PoolWeight> Follow(PoolLoad[] loads, ImmutableArray<PoolWeight> before) =>
        WeightLaw.Next(loads, before.IsEmpty ? new PoolWeight?[loads.Length] : [.. before]);

    /// <summary>Weights that stand still at what is declared.</summary>
    public static ImmutableArray<PoolWeight> Fixed(PoolLoad[] loads, ImmutableArray<PoolWeight> before) =>
        [.. loads.Select(l => new PoolWeight
        {
            Published = (int)Math.Round(l.Capacity),
            Exact = l.Capacity,
            Capacity = l.Capacity,
        })];

    public SimulationResult Run()
    {
        var random = new Random(Seed);
        var sites = Capacities.Length;
        var shares = Shares(random);
        var total = Utilisation * Capacities.Sum();
        var at = new int[Resolvers];
        var until = new double[Resolvers];
        var law = ImmutableArray<PoolWeight>.Empty;
        var seen = new (double Value, int At)[sites];
        var used = new List<double[]>();
        var weights = new List<double[]>();
        Step(0);

        // At the start caches are as old as they may be.
        for (var i = 0; i < Resolvers; i++)
        {
            at[i] = Draw();
            until[i] = random.NextDouble() * Ttl;
        }

        for (var second = 1; second <= Seconds; second++)
        {
            var work = new double[sites];
            for (var i = 0; i < Resolvers; i++)
            {
                if (second >= until[i])
                {
                    at[i] = Draw();
                    until[i] = second + Ttl;
                }

                work[at[i]] += shares[i] * total;
            }

            var now = work.Select((w, i) => w / Capacities[i]).ToArray();
            for (var i = 0; i < sites; i++)
            {
                if (Outage is not { } outage || outage.Site != i || second < outage.From || second >= outage.Until)
                    seen[i] = (now[i], second);
            }

            if (second % (int)WeightLaw.Tick.TotalSeconds == 0)
                Step(second);
            used.Add(now);
            weights.Add([.. law.Select(w => (double)w.Published / law.Sum(o => o.Published))]);
        }

        return new SimulationResult(Utilisation, [.. used], [.. weights]);

        void Step(int second) => law = Law(
            [.. seen.Select((s, i) => new PoolLoad
            {
                Capacity = (Declared ?? Capacities)[i],
                Utilisation = s.At == 0 ? null : s.Value,
                IsAbsolute = true,
                Age = TimeSpan.FromSeconds(second - s.At),
                Serves = true,
            })], law);

        int Draw()
        {
            var left = random.NextDouble() * law.Sum(w => w.Published);
            for (var i = 0; i < sites; i++)
            {
                left -= law[i].Published;
                if (left < 0)
                    return i;
            }

            return sites - 1;
        }
    }

    private double[] Shares(Random random)
    {
        var sizes = Enumerable.Range(1, Resolvers).Select(rank => Math.Pow(rank, -Lumpiness)).ToArray();
        random.Shuffle(sizes);
        var sum = sizes.Sum();
        return [.. sizes.Select(s => s / sum)];
    }
}
