using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Operator.Crds;
using Meridian.TestCluster;
using Meridian.Testing;

namespace Meridian.Bench.Kubernetes;

/// <summary>
/// Three clusters, and one that says what is served from them: from the first one while something is ready there.
/// </summary>
internal sealed class ClusterWorld : IAsyncDisposable
{
    /// <summary>The answer while the first cluster is ready.</summary>
    public const string First = "127.0.1.1";

    private const string Second = "127.0.1.2";

    private const string Resources = """
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z}
        spec: {origin: example.org, nameServers: [{name: ns.example.net}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: p0}
        spec: {addresses: [{from: {cluster: c0, ingress: web/kokoro}}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: p1}
        spec: {addresses: [{from: {cluster: c1, ingress: web/kokoro}}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: p2}
        spec: {addresses: [{from: {cluster: c2, ingress: web/kokoro}}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: kokoro}
        spec: {hostname: kokoro.example.org, policy: Failover, pools: [{pool: p0}, {pool: p1}, {pool: p2}]}
        """;

    private readonly SmallApiServer _home;
    private readonly List<SmallApiServer> _clusters = [];
    private bool _isDown;

    private ClusterWorld(SmallApiServer home) => _home = home;

    /// <summary>Leads to the cluster of the resources.</summary>
    public string Kubeconfig => _home.Kubeconfig;

    public static async Task<ClusterWorld> StartAsync(int slices)
    {
        var world = new ClusterWorld(await SmallApiServer.StartAsync());
        foreach (var (_, definition) in CrdWriter.All)
            world._home.Put(definition);
        world._home.Put(Resources);
        for (var c = 0; c < 3; c++)
        {
            var cluster = await SmallApiServer.StartAsync();
            world._clusters.Add(cluster);
            Fill(cluster, slices);
            cluster.Expose("web", "kokoro", [$"127.0.1.{c + 1}"]);
            cluster.Scale("web", "kokoro", 2, 2);
            world._home.Put(new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["name"] = $"c{c}", ["namespace"] = "default" },
                ["data"] = new JsonObject
                {
                    ["kubeconfig"] = Convert.ToBase64String(
                    Encoding.UTF8.GetBytes(cluster.Kubeconfig))
                },
            });
            world._home.Put(TestYaml.Document("Cluster", $"c{c}", $"{{access: {{secret: default/c{c}}}}}"));
        }

        return world;
    }

    /// <summary>
    /// The first cluster loses its last ready endpoint, or gets it back: milliseconds until each node's first new
    /// answer.
    /// </summary>
    public async Task<double[]> FlipAsync(NodeUnderTest[] nodes)
    {
        _isDown = !_isDown;
        var clock = Stopwatch.StartNew();
        _clusters[0].Scale("web", "kokoro", _isDown ? 0 : 2, 2);
        var times = await Task.WhenAll(nodes.Select(async node =>
        {
            await node.UntilAsync(_isDown ? Second : First);
            return clock.Elapsed.TotalMilliseconds;
        }));
        await Task.Delay(Random.Shared.Next(5, 40));
        return times;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters)
            await cluster.DisposeAsync();
        await _home.DisposeAsync();
    }

    /// <summary>Slices of ten endpoints each, as large as the real ones are, each with its Service.</summary>
    private static void Fill(SmallApiServer cluster, int slices)
    {
        for (var i = 0; i < slices; i++)
        {
            cluster.Put(new JsonObject
            {
                ["apiVersion"] = "discovery.k8s.io/v1",
                ["kind"] = "EndpointSlice",
                ["metadata"] = new JsonObject
                {
                    ["name"] = $"s{i}-abcde",
                    ["namespace"] = $"ns{i % 50}",
                    ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = $"s{i}" },
                },
                ["addressType"] = "IPv4",
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 8080, ["protocol"] = "TCP" }),
                ["endpoints"] = new JsonArray([.. Enumerable.Range(0, 10).Select(e => (JsonNode)new JsonObject
                {
                    ["addresses"] = new JsonArray($"10.{i / 250}.{i % 250}.{e + 1}"),
                    ["conditions"] = new JsonObject { ["ready"] = true, ["serving"] = true, ["terminating"] = false },
                    ["nodeName"] = $"node-{e}",
                    ["zone"] = "zone-a",
                    ["targetRef"] = new JsonObject
                    {
                        ["kind"] = "Pod",
                        ["namespace"] = $"ns{i % 50}",
                        ["name"] = $"s{i}-6d4cf56db6-{e:x5}",
                        ["uid"] = Guid.NewGuid().ToString(),
                    },
                })]),
            });
            if (i % 10 == 0)
                cluster.Put(new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Service",
                    ["metadata"] = new JsonObject { ["name"] = $"s{i}", ["namespace"] = $"ns{i % 50}" },
                    ["spec"] = new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["port"] = 80 }) },
                });
        }
    }
}
