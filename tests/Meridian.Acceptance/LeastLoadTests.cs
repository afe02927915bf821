using System.Net;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>The real program before sites that say how busy they are.</summary>
[Collection(Alone.Name)]
public sealed class LeastLoadTests
{
    private const string Name = "app.example.org";

    private static int _next = Environment.ProcessId % 200;

    [Fact]
    public async Task Weights_follow_what_sites_say_and_everybody_can_see_why()
    {
        var octet = Interlocked.Increment(ref _next) % 250;
        var port = Ports.Free();
        await using var busy = await new HttpSite("busy",
            new IPEndPoint(IPAddress.Parse($"127.35.{octet}.1"), port))
        { Metrics = Metrics(9, 0) }.StartAsync();
        await using var idle = await new HttpSite("idle",
            new IPEndPoint(IPAddress.Parse($"127.35.{octet}.2"), port))
        { Load = 0.1 }.StartAsync();
        await using var node = await new TestNode(TestNode.Zone +
            TestYaml.Part("HealthCheck", "c", "{interval: 500ms, http: {path: /health}}") +
            TestYaml.Part("LoadSignal", "vllm",
                "{capacity: 10, scrape: {engine: Vllm, interval: 500ms, timeout: 500ms}}") +
            TestYaml.Part("LoadSignal", "probed", "{capacity: 10, reports: false}") +
            TestYaml.Part("AddressPool", "busy",
                $"{{healthCheck: c, loadSignal: vllm, addresses: [{{value: {busy.EndPoint.Address}, port: "
                    + $"{port}}}]}}") +
            TestYaml.Part("AddressPool", "idle",
                $"{{healthCheck: c, loadSignal: probed, addresses: [{{value: {idle.EndPoint.Address}, port: "
                    + $"{port}}}]}}") +
            TestYaml.Part("GlobalEndpoint", "e",
                $"{{hostname: {Name}, policy: LeastLoad, recovery: {{ramp: 0s}}, pools: [{{pool: busy}}, {{pool: "
                    + $"idle}}]}}")).StartAsync();

        await Wait.UntilAsync(async () => (await node.StatusAsync()).Endpoints[0].Pools[0].Weight is { Weight: < 450 },
            () => node.Log, 60);

        var pools = (await node.StatusAsync()).Endpoints[0].Pools;
        Assert.Equal(["busier than the mean: gets less", "less busy than the mean: gets more"],
            pools.Select(p => p.Weight!.Reason));
        Assert.Equal((0.9, "Scrape"), (pools[0].Addresses[0].Load!.Utilisation, pools[0].Addresses[0].Load!.Source));
        Assert.Equal((0.1, "Health"), (pools[1].Addresses[0].Load!.Utilisation, pools[1].Addresses[0].Load!.Source));
        Assert.InRange((DateTimeOffset.UtcNow - pools[0].Addresses[0].Load!.At!.Value).TotalSeconds, 0, 10);
        var answers = new List<string>();
        for (var i = 0; i < 400; i++)
            answers.Add((await node.AskAsync(Name)).Addresses.Single());
        Assert.InRange(answers.Count(a => a == busy.EndPoint.Address.ToString()), 50, 199);
        var words = (await node.CommandAsync("explain", Name, "--client", "203.0.113.7")).Output;
        Assert.Contains("busier than the mean", words, StringComparison.Ordinal);
        Assert.Contains("(Scrape,", string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync($"{node.Url}/metrics", TestContext.Current.CancellationToken);
        Assert.Matches("meridian_load_utilisation\\{[^}]*pool=\"busy\"[^}]*\\} 0\\.\\d+", metrics);

        // Without figures a site is neither idle nor full.
        busy.Metrics = "up 1\n";
        await Wait.UntilAsync(async () =>
            (await node.StatusAsync()).Endpoints[0].Pools[0].Addresses[0].Load?.Fault is not null, () => node.Log);
        Assert.StartsWith("the metrics hold none of",
            (await node.StatusAsync()).Endpoints[0].Pools[0].Addresses[0].Load!.Fault, StringComparison.Ordinal);
    }

    private static string Metrics(int running, int waiting) =>
        $"vllm:num_requests_running {running}\nvllm:num_requests_waiting {waiting}\n";
}
