using System.Collections.Immutable;
using System.Globalization;
using Meridian.Steering.Loads;
using Meridian.Steering.Tests.Loads;

// bench/weights [SEEDS]: an hour of three sites for each line, simulated.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
var seeds = args.Length > 0 ? int.Parse(args[0]) : 5;
double[] sites = [100, 60, 40];
(string Name, Func<PoolLoad[], ImmutableArray<PoolWeight>, ImmutableArray<PoolWeight>> Law)[] laws =
[
    ("fixed", LoadSimulation.Fixed),
    ("headroom", Headroom),
    ("Meridian", LoadSimulation.Follow),
];

Table("Sites of capacity 100, 60 and 40, declared as they are; 400 resolvers", laws,
    from rho in (double[])[0.6, 0.8, 0.9, 0.95]
    from ttl in (int[])[5, 20, 60, 120]
    select ($"{rho:0.00}", $"{ttl} s", new LoadSimulation { Capacities = sites, Utilisation = rho, Ttl = ttl }));

Table("Capacities declared 40 % too high, right, and 30 % too low", laws,
    from rho in (double[])[0.6, 0.85, 0.95]
    from ttl in (int[])[5, 20, 120]
    select ($"{rho:0.00}", $"{ttl} s",
        new LoadSimulation { Capacities = sites, Declared = [140, 60, 28], Utilisation = rho, Ttl = ttl }));

Table("The largest site cannot be scraped from minute 20 to 30", laws,
    from rho in (double[])[0.6, 0.8, 0.95]
    select ($"{rho:0.00}", "20 s",
        new LoadSimulation { Capacities = sites, Utilisation = rho, Ttl = 20, Outage = (0, 1200, 1800) }));

Table("40 resolvers, the largest with a fifth of all clients", laws,
    from rho in (double[])[0.6, 0.8, 0.95]
    select ($"{rho:0.00}", "20 s",
        new LoadSimulation { Capacities = sites, Utilisation = rho, Ttl = 20, Resolvers = 40, Lumpiness = 1 }));

// What is left of its capacity, all of it given away in proportion: stable only while little is used.
static ImmutableArray<PoolWeight> Headroom(PoolLoad[] loads, ImmutableArray<PoolWeight> before)
{
    var room = loads.Select(l => l.Capacity * Math.Max(0.02, 1 - (l.Utilisation ?? 0))).ToArray();
    return [.. room.Select(r =>
        new PoolWeight { Published = Math.Max(1, (int)Math.Round(1000 * r / room.Sum())), Exact = r, Capacity = r })];
}

void Table(
    string title,
    (string Name, Func<PoolLoad[], ImmutableArray<PoolWeight>, ImmutableArray<PoolWeight>> Law)[] compared,
    IEnumerable<(string Utilisation, string Ttl, LoadSimulation Simulation)> lines)
{
    Console.WriteLine($"\n{title}:\n\n| utilisation | TTL | weights | mean of each site | deviation | time over "
        + "capacity | weights move |\n| --- | --- | --- | --- | --- | --- | --- |");
    foreach (var (utilisation, ttl, simulation) in lines)
    {
        foreach (var (name, law) in compared)
        {
            var runs = Enumerable.Range(1, seeds).AsParallel().Select(seed => new LoadSimulation
            {
                Capacities = simulation.Capacities,
                Declared = simulation.Declared,
                Utilisation = simulation.Utilisation,
                Ttl = simulation.Ttl,
                Resolvers = simulation.Resolvers,
                Lumpiness = simulation.Lumpiness,
                Outage = simulation.Outage,
                Seed = seed,
                Law = law,
            }.Run()).ToArray();
            var means = Enumerable.Range(0, simulation.Capacities.Length).Select(i => runs.Average(r => r.Means[i]));
            Console.WriteLine($"| {utilisation} | {ttl} | {name} | "
                + $"{string.Join(" / ", means.Select(m => $"{m:0.00}"))} " +
                $"| {runs.Average(r => r.Deviation):0.000} | {runs.Average(r => r.Over):0 %} | "
                    + $"{runs.Average(r => r.Restlessness):0.0 %} |");
        }
    }
}
