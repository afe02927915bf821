using System.Net;
using System.Net.Sockets;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>A node that has just started says of nothing that it is wrong before it has looked.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task What_is_not_probed_yet_is_neither_down_nor_in_a_panic()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0); // accepts, and never answers a request
        silent.Start();
        await using var node = new TestNode(TestNode.Zone
            + TestYaml.Part("HealthCheck", "h", "{http: {path: /}, interval: 1m, timeout: 1m}")
            + TestYaml.Part("AddressPool", "p", "{healthCheck: h, addresses: ["
                + $"{{value: 127.0.0.1, port: {((IPEndPoint)silent.LocalEndpoint).Port}}}, "
                + $"{{value: 127.0.0.2, port: {Ports.Free()}}}]}}")
            + TestYaml.Part("GlobalEndpoint", "e",
                "{hostname: e.example.org, policy: Failover, pools: [{pool: p}], gateway: {}}"));
        await node.StartAsync(ready: false, "--gateway", $"127.0.0.1:{Ports.Free()}");
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Endpoints[0].Pools[0].Addresses
            .Any(a => a.Verdict == "Down"), () => node.Log);

        var metrics = await MetricsAsync(node);
        var endpoint = (await node.StatusAsync()).Endpoints[0];

        Assert.Equal(["meridian_gateway_panic 0"], metrics);
        Assert.Equal((false, false), (endpoint.Serving, endpoint.Judged));
        Assert.DoesNotContain(" warn ", node.Log);
    }

    [Fact]
    public async Task A_tunnel_that_nobody_has_had_the_time_to_dial_is_not_lost()
    {
        await using var node = new TestNode(TestNode.Zone + TestYaml.Part("Site", "lab", "{latitude: 21, longitude: 5}")
            + TestYaml.Part("TunnelAgent", "lab", "{site: lab, publishes: [web]}")
            + TestYaml.Part("Node", "test", "{site: lab, addresses: [127.0.0.1]}")
            + TestYaml.Part("AddressPool", "t", "{addresses: [{tunnel: {agent: lab, service: web}}]}")
            + TestYaml.Part("GlobalEndpoint", "e",
                "{hostname: e.example.org, policy: Failover, pools: [{pool: t}], gateway: {}}"));
        await node.StartAsync(ready: true, "--gateway", $"127.0.0.1:{Ports.Free()}", "--tunnel",
            $"127.0.0.1:{Ports.Free()}");

        var metrics = await MetricsAsync(node);
        var status = await node.StatusAsync();

        Assert.Equal(["meridian_gateway_panic 0"], metrics);
        Assert.Equal(["Unknown no tunnel yet: the node has just started"], status.Endpoints[0].Pools
            .SelectMany(p => p.Addresses).Select(a => $"{a.Verdict} {a.Reason}").Distinct());
        Assert.DoesNotContain(" warn ", node.Log);

        await node.UntilLoggedAsync("pool t is down and not in e.example.org");
        Assert.Contains("meridian_endpoint_serving 0", await MetricsAsync(node));
    }

    // Those that alerts are made of, without their labels.
    private static async Task<string[]> MetricsAsync(TestNode node)
    {
        using var http = new HttpClient();
        string[] alarms = ["meridian_endpoint_serving", "meridian_pool_serving", "meridian_pool_guarded",
            "meridian_gateway_panic", "meridian_tunnel_connections"];
        return [.. (await http.GetStringAsync($"{node.Url}/metrics")).Split('\n')
            .Where(l => alarms.Contains(l.Split('{')[0])).Select(l => $"{l.Split('{')[0]} {l.Split(' ')[^1]}")];
    }
}
