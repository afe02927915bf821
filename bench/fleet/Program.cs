using System.Diagnostics;
using System.Globalization;
using System.Text;
using Meridian.Bench.Failover;
using Meridian.Bench.Fleet;
using Meridian.Testing;
using Meridian.Testing.Etcd;

const int Nodes = 5;
const int Trials = 30;
const string Second = "127.43.0.1";
var delay = TimeSpan.FromMilliseconds(args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) / 2.0 : 20);
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (EtcdMember.Missing is { } missing)
{
    Console.WriteLine(missing);
    return;
}

Console.WriteLine($"{Nodes} nodes, {delay.TotalMilliseconds * 2:0} ms from the store and back, interval 1 s, {Trials} "
    + "trials; seconds from the death to the right answer");
Console.WriteLine("| death | who answers | p50 s | p99 s | worst s | p50 above one node alone |");
Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
foreach (var death in (Death[])[Death.Refused, Death.Process, Death.BlackHole])
{
    var (alone, each, last) = await RoundAsync(death);
    Print(death, "one node alone", alone, alone);
    Print(death, "each of the nodes", each, alone);
    Print(death, "the last of them", last, alone);
}

void Print(Death death, string who, double[] times, double[] alone) => Console.WriteLine(
    $"| {death.ToString().ToLowerInvariant()} | {who} | {Rank(times, 0.5):0.000} | {Rank(times, 0.99):0.000} | "
    + $"{times[^1]:0.000} | {Rank(times, 0.5) - Rank(alone, 0.5):+0.000;-0.000} |");

async Task<(double[] Alone, double[] Each, double[] Last)> RoundAsync(Death death)
{
    var port = Ports.Free();
    using var second = new Site(Second, port);
    var sites = Enumerable.Range(1, Trials).Select(i => new Site($"127.42.{i}.1", port)).ToArray();
    await using var store = await EtcdMember.StartedAsync();
    var prepared = await Run.DotnetAsync("meridian.dll", "store", "init", "--store", $"etcd://{store.Address}");
    if (prepared.ExitCode != 0)
        throw new InvalidOperationException(prepared.Error);
    var nodes = Enumerable.Range(0, Nodes + 1).Select(i => new FleetNode(Configuration(sites, port, death), i,
        i == 0 ? null : store.ClientPort, delay)).ToArray();
    try
    {
        foreach (var node in nodes)
            await node.UntilReadyAsync();
        foreach (var node in nodes[1..])
            await Wait.UntilAsync(async () => (await node.NodesAsync()).Split("\"region\"").Length == Nodes + 1,
                () => node.Log);
        await Task.Delay(TimeSpan.FromSeconds(3)); // what each of them probes is told by then

        var random = new Random((int)death);
        var trials = new List<double[]>();
        for (var i = 0; i < sites.Length; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble()));
            sites[i].Kill(death);
            var died = Stopwatch.GetTimestamp();
            trials.Add(await Task.WhenAll(nodes.Select(n => n.UntilAnsweredAsync($"n{i}.example.org", Second, died))));
        }

        return ([.. trials.Select(t => t[0]).Order()], [.. trials.SelectMany(t => t.Skip(1)).Order()],
            [.. trials.Select(t => t.Skip(1).Max()).Order()]);
    }
    finally
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
        foreach (var site in sites)
            site.Dispose();
    }
}

// A majority must agree: no node leaves out what it alone cannot reach.
static string Configuration(Site[] sites, int port, Death death)
{
    var text = new StringBuilder(TestYaml.Zone)
        .Append(TestYaml.Part("HealthCheck", "c", "{interval: 1s, timeout: 500ms, confirmInterval: 100ms, "
            + $"watch: {(death == Death.Process ? "true" : "false")}, http: {{}}, vantages: {{view: global}}}}"))
        .Append(TestYaml.Part("AddressPool", "second", Pool(Second)));
    for (var i = 0; i < sites.Length; i++)
    {
        text.Append(TestYaml.Part("AddressPool", $"p{i}", Pool(sites[i].Address)))
            .Append(TestYaml.Part("GlobalEndpoint", $"e{i}", $"{{hostname: n{i}.example.org, policy: Failover, "
                + $"ttl: 5s, minTtl: 1s, pools: [{{pool: p{i}}}, {{pool: second}}]}}"));
    }

    return text.ToString();

    string Pool(string address) => $"{{healthCheck: c, addresses: [{{value: {address}, port: {port}}}]}}";
}

static double Rank(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
