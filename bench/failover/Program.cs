using System.Globalization;
using System.Text;
using Meridian.Bench.Failover;
using Meridian.Testing;

const int Trials = 30;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

Console.WriteLine("| death | server | trials | p50 s | p99 s | worst s | p50 to gdnsd's |");
Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
var peer = File.Exists(GdnsdProcess.Program);
foreach (var death in Enum.GetValues<Death>())
{
    var gdnsd = peer ? await RoundAsync(death, GdnsdProcess.Interval,
        async (sites, port) => await GdnsdProcess.StartAsync(sites, port)) : null;
    if (gdnsd is not null)
        Print(death, $"gdnsd, {GdnsdProcess.Interval} s", gdnsd, gdnsd);
    foreach (var (interval, watch) in ((int, bool)[])[(1, true), (1, false), (5, true), (5, false)])
    {
        var times = await RoundAsync(death, interval,
            async (sites, port) => await NodeProcess.StartAsync(Configuration(sites, port, interval, watch)));
        Print(death, $"Meridian, {interval} s{(watch ? ", watch" : "")}", times, gdnsd);
    }
}

if (!peer)
    Console.WriteLine("\ngdnsd is not installed, so there is nothing to compare with; on Debian: apt-get install "
        + "gdnsd");

static void Print(Death death, string server, double[] times, double[]? gdnsd)
{
    var ratio = gdnsd is null ? "" : $"{Rank(times, 0.5) / Rank(gdnsd, 0.5):0.00}";
    Console.WriteLine($"| {Name(death)} | {server} | {times.Length} | {Rank(times, 0.5):0.00} | "
        + $"{Rank(times, 0.99):0.00} | {times[^1]:0.00} | {ratio} |");
}

static async Task<double[]> RoundAsync(Death death, int interval, Func<Site[], int, Task<IServer>> start)
{
    var port = Ports.Free();
    using var second = new Site("127.41.0.1", port);
    var sites = Enumerable.Range(1, Trials).Select(i => new Site($"127.40.{i}.1", port)).ToArray();
    try
    {
        using var server = await start(sites, port);

        // Past the first round, so that probes are at their usual pace.
        await Task.Delay(TimeSpan.FromSeconds(interval));
        var random = new Random((int)death + (interval * 100));
        var trials = sites.Select(async (site, i) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * interval));
            return await Trial.RunAsync(site, death, server.DnsPort, $"n{i}.example.org", second.Address);
        }).ToArray();
        return [.. (await Task.WhenAll(trials)).Order()];
    }
    finally
    {
        foreach (var site in sites)
            site.Dispose();
    }
}

static string Configuration(Site[] sites, int port, int interval, bool watch)
{
    var check = $"{{interval: {interval}s, timeout: 500ms, confirmInterval: 100ms, "
        + $"watch: {(watch ? "true" : "false")}, http: {{}}}}";
    var text = new StringBuilder(TestYaml.Zone).Append(TestYaml.Part("HealthCheck", "c", check))
        .Append(TestYaml.Part("AddressPool", "second", Pool("127.41.0.1")));
    for (var i = 0; i < sites.Length; i++)
    {
        text.Append(TestYaml.Part("AddressPool", $"p{i}", Pool(sites[i].Address)))
            .Append(TestYaml.Part("GlobalEndpoint", $"e{i}",
                $"{{hostname: n{i}.example.org, policy: Failover, pools: [{{pool: p{i}}}, {{pool: second}}]}}"));
    }

    return text.ToString();

    string Pool(string address) => $"{{healthCheck: c, addresses: [{{value: {address}, port: {port}}}]}}";
}

static string Name(Death death) => death switch
{
    Death.Process => "process death",
    Death.BlackHole => "black hole",
    Death.Error503 => "503",
    _ => death.ToString().ToLowerInvariant(),
};

static double Rank(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
