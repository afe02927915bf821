using System.Text;
using System.Text.Json.Nodes;
using Meridian.Acceptance.Support;
using Meridian.Operator.Crds;
using Meridian.TestCluster;

namespace Meridian.Acceptance.Clusters;

/// <summary>
/// The scenarios of global load balancing (docs of the field: k8gb's and others' test suites) with clusters as
/// evidence: three name servers, three clusters, resources in a fourth.
/// </summary>
[Collection(Alone.Name)]
public sealed class ClusterScenarioTests : IAsyncDisposable
{
    private static readonly string[] Names = ["p", "s", "t"];

    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, ApiServer> _clusters = [];
    private readonly TestNode[] _nodes = [new(TestNode.Empty), new(TestNode.Empty), new(TestNode.Empty)];
    private ApiServer? _started;

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Scenario_14_a_full_failover_cycle_is_answered_alike_by_every_name_server(string server)
    {
        await StartAsync(server);
        await EveryAsync("failover.example.org", "10.1.0.1", "10.1.0.2");
        Scale("s", 0);
        await EveryAsync("failover.example.org", "10.1.0.1", "10.1.0.2");
        Scale("p", 0);
        await EveryAsync("failover.example.org", "10.9.9.9");
        Scale("s", 1);
        await EveryAsync("failover.example.org", "10.2.0.1", "10.2.0.2");
        Scale("p", 1);
        await EveryAsync("failover.example.org", "10.1.0.1", "10.1.0.2");
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Scenarios_15_and_16_each_side_fails_over_for_itself_and_only_the_dead_site_s_addresses_leave(
        string server)
    {
        await StartAsync(server);
        await EveryAsync("back.example.org", "10.2.0.1", "10.2.0.2");
        Scale("p", 0);
        await EveryAsync("failover.example.org", "10.2.0.1", "10.2.0.2");
        await EveryAsync("back.example.org", "10.2.0.1", "10.2.0.2"); // the other side is untouched
        Scale("s", 0);
        await EveryAsync("all.example.org", "10.3.0.1", "10.3.0.2");
        Scale("p", 2);
        Scale("s", 2);
        await EveryAsync("all.example.org", "10.1.0.1", "10.1.0.2");
        await EveryAsync("back.example.org", "10.2.0.1", "10.2.0.2");
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Without_its_control_plane_a_node_goes_on_and_a_dead_cluster_is_left_to_the_probes(string server)
    {
        await StartAsync(server);
        await EveryAsync("failover.example.org", "10.1.0.1", "10.1.0.2");
        await Home.StopAsync();
        Scale("p", 0); // the resources are away, the clusters are not
        await EveryAsync("failover.example.org", "10.2.0.1", "10.2.0.2");
        Scale("p", 2);
        await EveryAsync("failover.example.org", "10.1.0.1", "10.1.0.2");
        await Home.ListenAsync();
        await EveryAsync("failover.example.org", "10.1.0.1", "10.1.0.2"); // the states meet without a flap

        // With everything of a cluster gone, readiness says nothing more, and probes find out.
        Home.Put(TestYaml.Document("HealthCheck", "tcp", "{interval: 500ms, timeout: 200ms, confirmInterval: 100ms, "
            + "tcp: {port: 9}}"));
        Home.Put(TestYaml.Document("AddressPool", "p", "{policy: All, healthCheck: tcp, addresses: [{from: {cluster: "
            + "p, ingress: web/app, static: [127.0.0.1]}}]}"));
        await _clusters["p"].StopAsync();
        await EveryAsync("failover.example.org", "10.2.0.1", "10.2.0.2");
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Scenario_38_a_name_that_only_some_clusters_have_is_answered_by_every_name_server(string server)
    {
        await StartAsync(server);
        _clusters["s"].Expose("shop", "cart", ["10.2.7.1"],
            new()
            {
                ["meridian.dev/endpoint"] = "cart.example.org",
                ["meridian.dev/policy"] = "Failover",
                ["meridian.dev/priority"] = "2",
                ["meridian.dev/port"] = "1",
                ["meridian.dev/health-check"] = "none",
            });
        _clusters["t"].Expose("shop", "cart", ["10.3.7.1"],
            new()
            {
                ["meridian.dev/endpoint"] = "cart.example.org",
                ["meridian.dev/priority"] = "1",
                ["meridian.dev/health-check"] = "none",
            });
        Home.Put(TestYaml.Document("HealthCheck", "none", "{interval: 1s, external: {file: /dev/null}}"));
        foreach (var node in _nodes)
            await Wait.UntilAsync(async () =>
                (await node.AskAsync("cart.example.org")) is { Code: 0, Addresses.IsEmpty: false }, () => node.Log);
        _clusters["t"].Delete("ingresses", "shop", "cart");
        await EveryAsync("cart.example.org", "10.2.7.1");
        _clusters["s"].Delete("ingresses", "shop", "cart");
        await EveryAsync("cart.example.org");
    }

    private ApiServer Home => _started!;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        foreach (var cluster in _clusters.Values)
            await cluster.DisposeAsync();
        if (_started is not null)
            await _started.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAsync(string server)
    {
        _started = await ApiServer.StartAsync(server);
        foreach (var (_, definition) in CrdWriter.All)
            Home.Put(definition);
        Home.Put(TestYaml.Document("Zone", "z", "{origin: example.org, soa: {negativeTtl: 1s}, nameServers: [{name: "
            + "ns.example.net}]}"));
        for (var i = 0; i < Names.Length; i++)
        {
            var (name, cluster) = (Names[i], await ApiServer.StartAsync(server));
            _clusters[name] = cluster;
            cluster.Expose("web", "app", [$"10.{i + 1}.0.1", $"10.{i + 1}.0.2"]);
            Scale(name, 2);
            Home.Put(new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
                ["data"] = new JsonObject
                {
                    ["kubeconfig"] = Convert.ToBase64String(
                    Encoding.UTF8.GetBytes(cluster.Kubeconfig))
                },
            });
            Home.Put(TestYaml.Document("Cluster", name, $"{{access: {{secret: default/{name}}}}}"));
            Home.Put(TestYaml.Document("AddressPool", name, $"{{policy: All, addresses: [{{from: {{cluster: {name}, "
                + $"ingress: web/app}}}}]}}"));
        }

        Endpoint("failover", "policy: Failover, whenAllDown: Fallback, fallback: {addresses: [10.9.9.9]}, pools: "
            + "[{pool: p}, {pool: s}]");
        Endpoint("back", "policy: Failover, pools: [{pool: s}, {pool: p}]");
        Endpoint("all", "policy: Failover, maxAnswers: 6, backupAnswer: false, pools: [{pool: p}, {pool: s}, {pool: "
            + "t}]");
        _folder.Write("config", Home.Kubeconfig);
        foreach (var node in _nodes)
            await node.StartAsync(more: ["--kubernetes", "--kubeconfig", _folder.File("config")]);
    }

    private void Endpoint(string name, string spec) =>
        Home.Put(TestYaml.Document("GlobalEndpoint", name, $"{{hostname: {name}.example.org, ttl: 1s, {spec}}}"));

    private void Scale(string cluster, int ready) => _clusters[cluster].Scale("web", "app", ready, 2);

    private async Task EveryAsync(string name, params string[] addresses)
    {
        foreach (var node in _nodes)
            await node.UntilAnswerAsync(name, addresses);
    }
}
