// A node that watches three clusters: how long from a change of readiness to a changed DNS answer, how far three name
// servers are apart then, and what the watching costs in memory and time as the clusters grow.
// `dotnet run -c Release --project bench/kubernetes`
using System.Diagnostics;
using System.Globalization;
using Meridian.Bench.Kubernetes;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Flips = 200;
Console.WriteLine("| EndpointSlices in each of 3 clusters | ready after | resident | readiness to answer p50 | p99 | "
    + "most |");
Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: |");
foreach (var slices in (int[])[100, 2_500, 5_000, 10_000])
{
    await using var world = await ClusterWorld.StartAsync(slices);
    var started = Stopwatch.StartNew();
    using var node = new NodeUnderTest(world.Kubeconfig);
    await node.UntilAsync(ClusterWorld.First);
    var ready = started.Elapsed;
    await Task.Delay(3000);
    var resident = node.Resident;
    var times = new List<double>();
    for (var i = 0; i < Flips; i++)
        times.Add((await world.FlipAsync([node]))[0]);
    times.Sort();
    Console.WriteLine($"| {slices:N0} | {ready.TotalSeconds:0.0} s | {resident:0} MB | {times[Flips / 2]:0} ms | "
        + $"{times[Flips * 99 / 100]:0} ms | {times[^1]:0} ms |");
}

{
    await using var world = await ClusterWorld.StartAsync(100);
    var nodes = Enumerable.Range(0, 3).Select(_ => new NodeUnderTest(world.Kubeconfig)).ToArray();
    foreach (var node in nodes)
        await node.UntilAsync(ClusterWorld.First);
    var spreads = new List<double>();
    for (var i = 0; i < Flips; i++)
    {
        var times = await world.FlipAsync(nodes);
        spreads.Add(times.Max() - times.Min());
    }

    spreads.Sort();
    Console.WriteLine($"\nFirst new answer of the first and of the last of three name servers: p50 "
        + $"{spreads[Flips / 2]:0} ms, p99 {spreads[Flips * 99 / 100]:0} ms, most {spreads[^1]:0} ms apart.");
    foreach (var node in nodes)
        node.Dispose();
}
