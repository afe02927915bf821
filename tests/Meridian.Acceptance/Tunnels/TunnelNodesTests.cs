using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Tunnels;

/// <summary>Two nodes, and an agent that dials both: DNS sends clients to the gateways that hold its tunnels.</summary>
[Collection(Alone.Name)]
public sealed class TunnelNodesTests : IAsyncLifetime
{
    private const string Host = "kokoro.example.org";

    private readonly int _port = Ports.Free();
    private readonly (int Near, int Far) _tunnels = (Ports.Free(), Ports.Free());
    private readonly TestFolder _shared = new();
    private readonly AgentProcess _agent = new();
    private readonly TestNode _near;
    private readonly TestNode _far;
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { UseProxy = false }) { DefaultRequestHeaders = { Host = Host } };
    private StreamingOrigin _origin = null!;

    public TunnelNodesTests()
    {
        var endpoint = $"{{hostname: {Host}, policy: Failover, ttl: 1s, pools: [{{pool: lab}}], "
            + "gateway: {profile: inference}}";
        var resources = TestNode.Zone
            + TestYaml.Part("Site", "here", "{latitude: 21, longitude: 105}")
            + TestYaml.Part("Site", "there", "{latitude: 50, longitude: 8}")
            + TestYaml.Part("Node", "far", NodeAt("there", "127.0.0.3"))
            + TestYaml.Part("Node", "near", NodeAt("here", "127.0.0.2"))
            + TunnelYaml.Agent("lab")
            + TunnelYaml.Pool("lab", "lab")
            + TestYaml.Part("GlobalEndpoint", "kokoro", endpoint);
        (_near, _far) = (new TestNode(resources, "near"), new TestNode(resources, "far"));
    }

    public async ValueTask InitializeAsync()
    {
        var geography = _shared.File("geo.csv");
        await File.WriteAllTextAsync(geography,
            "network,country,latitude,longitude,asn,city\n127.0.0.0/8,VN,21,105,64500,Hanoi\n");
        _origin = await StreamingOrigin.StartAsync();
        foreach (var (node, address, tunnel) in ((TestNode, string, int)[])[(_near, "127.0.0.2", _tunnels.Near),
            (_far, "127.0.0.3", _tunnels.Far)])
            await node.StartAsync(more: ["--gateway", $"{address}:{_port}", "--tunnel", $"127.0.0.1:{tunnel}",
                "--tunnel-authority", _shared.Path, "--geo", geography, "--handover", "3"]);
        await _agent.EnrollAsync(_near, "lab", _tunnels.Near);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _agent.DisposeAsync();
        await _near.DisposeAsync();
        await _far.DisposeAsync();
        await _origin.DisposeAsync();
        _shared.Dispose();
    }

    [Fact]
    public async Task DNS_answers_with_the_gateways_that_hold_the_tunnels()
    {
        await DialAsync(_tunnels.Far);
        await _far.UntilAnswerAsync(Host, "127.0.0.3");
        await _near.UntilAnswerAsync(Host, "127.0.0.3"); // heard from the other node
        var explained = (await _near.CommandAsync("explain", Host)).Output;
        Assert.Contains("127.0.0.3 ←", explained, StringComparison.Ordinal);
        Assert.Contains("kokoro@lab", explained, StringComparison.Ordinal);

        // Once agents have had the time to dial.
        await Wait.UntilAsync(async () => (await _near.CommandAsync("explain", Host)).Output
            .Contains("no tunnel to this node", StringComparison.Ordinal), () => explained);

        Assert.Matches("lab .* up +0 +([0-9.]+ ms|-)  kokoro up  \\(gpu=h100\\)",
            (await _far.CommandAsync("tunnel", "list")).Output);

        // An override of the pool applies to its gateways too.
        Assert.Equal(0, (await _far.CommandAsync("override", "set", "pool/lab", "drain", "--reason",
            "maintenance", "--force")).ExitCode);
        await Wait.UntilAsync(async () =>
            (await _far.StatusAsync()).Endpoints.Single().Pools.Single(p =>
                p.Name == "lab via gateways").State == "Draining", () => _far.Log);
        await Wait.UntilAsync(async () =>
            (await _near.StatusAsync()).Endpoints.Single().Pools.Single(p =>
                p.Name == "lab via gateways").Addresses.All(a => a.State == "Down"), () => _near.Log);
    }

    [Fact]
    public async Task A_node_that_is_asked_to_stop_hands_over_and_loses_nothing()
    {
        await DialAsync(_tunnels.Near, _tunnels.Far);
        await _far.UntilAnswerAsync(Host, "127.0.0.2");
        await Wait.UntilAsync(async () =>
            (await _far.StatusAsync()).Endpoints.Single().Pools.Single(p =>
                p.Name == "lab via gateways").Addresses.All(a => a.State == "Up"), () => $"{_far.Log}\n{_agent.Log}");
        using var stream = await _client.GetAsync($"http://127.0.0.2:{_port}/tokens?count=150",
            HttpCompletionOption.ResponseHeadersRead);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => LoadAsync(stop.Token)).ToArray();
        await Task.Delay(200);
        var stopping = _near.StopAsync();
        try
        {
            Assert.Equal("data: 149", (await stream.Content.ReadAsStringAsync()).TrimEnd().Split('\n')[^1]);
        }
        catch (HttpRequestException e)
        {
            Assert.Fail($"{e.Message}\n{_near.Log}\n{_agent.Log}");
        }

        Assert.Equal(0, await stopping);
        await _far.UntilAnswerAsync(Host, "127.0.0.3");
        await Task.Delay(200);
        await stop.CancelAsync();
        Assert.Empty((await Task.WhenAll(load)).SelectMany(f => f));
        await Wait.UntilAsync(async () => (await _far.CommandAsync("tunnel", "list")).Output.Split('\n')
            .Count(l => l.Contains("lab", StringComparison.Ordinal)) == 4, () => _agent.Log);
    }

    private string NodeAt(string site, string address) =>
        $"{{site: {site}, addresses: [{address}], scheme: http, port: {_port}}}";

    private async Task DialAsync(params int[] tunnels)
    {
        await _agent.WriteAsync($$$"""
            gateways: [{{{string.Join(", ", tunnels.Select(t => $"\"127.0.0.1:{t}\""))}}}]
            labels: {gpu: h100}
            services:
            - {name: kokoro, address: "127.0.0.1:{{{_origin.Port}}}", health: {http: /health}}
            """);
        _agent.Start();
    }

    // As a client does that keeps an answer for its TTL at most, which is a second.
    private async Task<List<string>> LoadAsync(CancellationToken stop)
    {
        var failures = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            var address = (await _far.AskAsync(Host)).Addresses.Single();
            for (var i = 0; i < 5; i++)
            {
                try
                {
                    using var answer = await _client.PostAsync($"http://{address}:{_port}/digest",
                        new StringContent("tokens"), CancellationToken.None);
                    if (!answer.IsSuccessStatusCode)
                        failures.Add($"{address} {answer}");
                }
                catch (HttpRequestException e)
                {
                    failures.Add($"{address} {e.Message}");
                }
            }
        }

        return failures;
    }
}
