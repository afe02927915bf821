using System.Globalization;
using Meridian.Bench.Dns;

// bench/dns [ROUNDS] [SECONDS] [CASE…]: every server on core 0, the generator on core 1, in mixed order, medians.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
var seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 2;
var only = args.Skip(2).ToHashSet();
var folder = Directory.CreateTempSubdirectory("meridian-bench-dns-").FullName;
var load = Native.Build("load", folder);
var starting = new Servers(folder);
var files = new Dictionary<Case, string>();
var servers = new List<Server> { await starting.EchoAsync(Native.Build("echo", folder)) };
var echo = servers[0];
try
{
    foreach (var (program, start) in (IEnumerable<(string?, Func<Task<Server>>)>)
        [(null, starting.MeridianAsync), ("/usr/sbin/gdnsd", starting.GdnsdAsync),
            ("/usr/sbin/knotd", starting.KnotAsync),
         ("/usr/sbin/nsd", starting.NsdAsync), ("/usr/sbin/pdns_server", starting.PowerDnsAsync)])
    {
        if (program is null || File.Exists(program))
            servers.Add(await start());
        else
            Console.Error.WriteLine($"{program} is not installed and is left out");
    }

    var cases = Case.All.Where(c => only.Count == 0 || only.Contains(c.Name)).ToArray();
    files = cases.ToDictionary(c => c, c => Path.Combine(folder, c.Name.Replace(' ', '-')));
    foreach (var (c, file) in files)
        c.Write(file);

    // Until the runtime has compiled what is hot for good.
    foreach (var server in servers)
    {
        foreach (var c in cases.Where(c => server.Cases.Contains(c.Name)))
            Load.Run(load, server, files[c], seconds);
    }

    Throughput(cases);
    Latency(cases[0], files[cases[0]]);
    if (File.Exists(Perf.Program))
        Known();
    var meridian = servers[1];
    await FlippedAsync(meridian, cases.FirstOrDefault(c => c.Name == "nearest, ECS") ?? cases[0]);
    Console.WriteLine("\n| server | resident MB | more with 10,000 idle TCP connections |\n| --- | --- | --- |");
    foreach (var server in servers.Skip(1))
    {
        var idle = server == meridian ? $"{await IdleConnections.MeasureAsync(server, 10_000):0}" : "";
        Console.WriteLine($"| {server.Name} | {server.Usage.ResidentMegabytes:0} | {idle} |");
    }

    if (only.Count == 0)
        await MemoryAsync();
}
finally
{
    foreach (var server in servers)
        await server.DisposeAsync();
    Directory.Delete(folder, recursive: true);
}

void Throughput(Case[] cases)
{
    var random = new Random(53);
    Console.WriteLine("| case | server | answers/s | to echo | busy | lost | wrong |");
    Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
    foreach (var c in cases)
    {
        var asked = servers.Where(s => s.Cases.Contains(c.Name)).ToArray();
        var runs = asked.ToDictionary(s => s, _ => new List<(Load Load, double Ratio)>());
        for (var round = 0; round < rounds; round++)
        {
            // The ceiling right before and after: the machine is shared, and a minute is long.
            random.Shuffle(asked);
            foreach (var server in asked)
            {
                var before = Load.Run(load, echo, files[c], seconds);
                var run = Load.Run(load, server, files[c], seconds);
                var after = Load.Run(load, echo, files[c], seconds);
                runs[server].Add((run, run.PerSecond / ((before.PerSecond + after.PerSecond) / 2)));
            }
        }

        foreach (var (server, list) in runs.OrderBy(r => servers.IndexOf(r.Key)))
        {
            Console.WriteLine(
                $"| {c.Name} | {server.Name} | {Median(list.Select(r => r.Load.PerSecond)):0} "
                + $"| {Median(list.Select(r => r.Ratio)):0.00} | {Median(list.Select(r => r.Load.Busy)):0 %} "
                + $"| {list.Sum(r => r.Load.Lost)} | {list.Sum(r => r.Load.Wrong)} |");
        }
    }
}

void Latency(Case c, string file)
{
    var rate = Load.Run(load, echo, file, seconds).PerSecond / 2;
    Console.WriteLine($"\nLatency of {c.Name} at {rate:0} queries a second, half of what the echo server takes:\n");
    Console.WriteLine("| server | p50 µs | p99 µs | p99.9 µs | answers/s | lost |");
    Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
    foreach (var server in servers.Where(s => s.Cases.Contains(c.Name)))
    {
        // At this pace some of the runtime's own work is yet to be compiled for good.
        Load.Run(load, server, file, Math.Max(5, seconds), rate);
        var runs = Enumerable.Range(0, rounds).Select(_ => Load.Run(load, server, file, seconds, rate)).ToArray();
        Console.WriteLine(
            $"| {server.Name} | {Median(runs.Select(r => r.P50)):0} | {Median(runs.Select(r => r.P99)):0} "
            + $"| {Median(runs.Select(r => r.P999)):0} " +
            $"| {Median(runs.Select(r => r.PerSecond)):0} | {runs.Sum(r => r.Lost)} |");
    }
}

void Known()
{
    Console.WriteLine("\ndnsperf, plain A:\n");
    Console.WriteLine("| server | UDP answers/s | TCP answers/s | UDP to NSD's | TCP to NSD's |");
    Console.WriteLine("| --- | --- | --- | --- | --- |");
    var results = servers.Skip(1).Select(s => (Server: s,
        Udp: Median(Enumerable.Range(0, rounds).Select(_ => Perf.Run(s, "udp", seconds, folder))),
        Tcp: Median(Enumerable.Range(0, rounds).Select(_ => Perf.Run(s, "tcp", seconds, folder))))).ToArray();
    var nsd = results.FirstOrDefault(r => r.Server.Name == "NSD");
    foreach (var (server, udp, tcp) in results)
        Console.WriteLine(
            $"| {server.Name} | {udp:0} | {tcp:0} | {(nsd.Udp > 0 ? $"{udp / nsd.Udp:0.00}" : "")} "
            + $"| {(nsd.Tcp > 0 ? $"{tcp / nsd.Tcp:0.00}" : "")} |");
}

async Task FlippedAsync(Server server, Case c)
{
    Console.WriteLine($"\nVerdicts of 200 endpoints flip ten times a second under full load ({c.Name}):\n");
    Console.WriteLine("| run | answers/s | lost | p50 µs | p99 µs | p99.9 µs |");
    Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
    using (var warming = new CancellationTokenSource(TimeSpan.FromSeconds(3)))
        await Flips.RunAsync(starting.ManagementPort, warming.Token);
    Print("quiet", [.. Enumerable.Range(0, rounds).Select(_ => Load.Run(load, server, files[c], seconds))]);
    using var stop = new CancellationTokenSource();
    var flipping = Flips.RunAsync(starting.ManagementPort, stop.Token);
    var runs = await Task.Run(() => Enumerable.Range(0, rounds).Select(_ => Load.Run(load, server, files[c], seconds))
        .ToArray());
    await stop.CancelAsync();
    Print($"with {await flipping} flips", runs);

    static void Print(string name, Load[] runs) =>
        Console.WriteLine($"| {name} | {Median(runs.Select(r => r.PerSecond)):0} | {runs.Sum(r => r.Lost)} " +
        $"| {Median(runs.Select(r => r.P50)):0} | {Median(runs.Select(r => r.P99)):0} "
        + $"| {Median(runs.Select(r => r.P999)):0} |");
}

async Task MemoryAsync()
{
    Console.WriteLine("\n| names in the zone | resident MB | bytes a name |\n| --- | --- | --- |");
    var least = 0.0;
    foreach (var names in (int[])[200, 100_000, 1_000_000])
    {
        await using var server = await starting.MeridianOfAsync(names);
        await Task.Delay(2000);
        var resident = server.Usage.ResidentMegabytes;
        least = least == 0 ? resident : least;
        var each = names > 200 ? $"{(resident - least) * 1024 * 1024 / names:0}" : "";
        Console.WriteLine($"| {names} | {resident:0} | {each} |");
    }
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
