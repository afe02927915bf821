// A node that watches three clusters: how long from a change of readiness to a changed DNS answer, and what the watching
// costs in memory and time as the clusters grow. `dotnet run -c Release --project bench/kubernetes`
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DnsClient;
using Meridian.Bench.Kubernetes;
using Meridian.Operator.Crds;
using Meridian.TestCluster;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Flips = 200;
Console.WriteLine("| EndpointSlices in each of 3 clusters | ready after | resident | readiness to answer p50 | p99 | most |");
Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: |");
foreach (var slices in (int[])[100, 2_500, 5_000, 10_000])
{
    await using var home = await SmallApiServer.StartAsync();
    foreach (var (_, definition) in CrdWriter.All)
        home.Put(definition);
    var clusters = new List<SmallApiServer>();
    home.Put(World.Resources);
    for (var c = 0; c < 3; c++)
    {
        var cluster = await SmallApiServer.StartAsync();
        clusters.Add(cluster);
        World.Fill(cluster, slices);
        cluster.Expose("web", "kokoro", [$"127.0.1.{c + 1}"]);
        cluster.Scale("web", "kokoro", 2, 2);
        home.Put(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = $"c{c}", ["namespace"] = "default" },
            ["data"] = new JsonObject { ["kubeconfig"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(cluster.Kubeconfig)) },
        });
        home.Put($"apiVersion: meridian.dev/v1alpha1\nkind: Cluster\nmetadata: {{name: c{c}}}\nspec: {{access: {{secret: default/c{c}}}}}");
    }

    using var node = new NodeUnderTest(home.Kubeconfig);
    var started = Stopwatch.StartNew();
    var dns = new LookupClient(new LookupClientOptions(new NameServer(System.Net.IPAddress.Loopback, node.Port)) { UseCache = false, Retries = 0, Timeout = TimeSpan.FromSeconds(1) });
    await World.UntilAsync(dns, "127.0.1.1");
    var ready = started.Elapsed;
    await Task.Delay(3000);
    var resident = node.Resident;

    // The first pool's cluster loses its last ready endpoint, and gets it back; the answer is asked for all the time.
    var times = new List<double>();
    for (var i = 0; i < Flips; i++)
    {
        var down = i % 2 == 0;
        var clock = Stopwatch.StartNew();
        clusters[0].Scale("web", "kokoro", down ? 0 : 2, 2);
        await World.UntilAsync(dns, down ? "127.0.1.2" : "127.0.1.1");
        times.Add(clock.Elapsed.TotalMilliseconds);
        await Task.Delay(Random.Shared.Next(5, 40));
    }

    times.Sort();
    Console.WriteLine($"| {slices:N0} | {ready.TotalSeconds:0.0} s | {resident >> 20} MB | {times[Flips / 2]:0} ms | {times[Flips * 99 / 100]:0} ms | {times[^1]:0} ms |");
    foreach (var cluster in clusters)
        await cluster.DisposeAsync();
}
