using System.Text.Json.Nodes;
using Meridian.TestCluster;

namespace Meridian.Acceptance.Clusters;

/// <summary>The real program with its resources, and its addresses, in clusters.</summary>
public sealed class KubernetesTests
{
    [Theory, InlineData("small"), InlineData("real")]
    public async Task Objects_are_served_and_their_status_tells_the_truth(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
        await world.UntilConditionAsync("globalendpoints", "kokoro", "Ready", "True");
        await world.UntilConditionAsync("globalendpoints", "kokoro", "Degraded", "False");
        await world.UntilConditionAsync("clusters", "hk", "Reachable", "True");
        await world.UntilConditionAsync("addresspools", "hk", "Ready", "True");
        var status = world.Home.Find("globalendpoints", "default", "kokoro")!["status"]!;
        Assert.Equal("2/2", (string?)status["poolsUp"]);
        Assert.Equal($"{world.Site.Address}, 10.9.9.9", (string?)status["answer"]);
        Assert.Equal(["hk", "rest"], status["decisions"]!.AsArray().Select(d => (string)d!["pool"]!));
        Assert.Equal("Ingress web/kokoro in cluster hk",
            (string?)world.Home.Find("addresspools", "default", "hk")!["status"]!["addresses"]![0]!["from"]);

        // A change of an object is in force at once; a status that is written changes nothing.
        world.Home.Put(TestYaml.Document("AddressPool", "rest", "{addresses: [{value: 10.9.9.8}]}"));
        world.Home.Put(TestYaml.Document("GlobalEndpoint", "other", "{hostname: other.example.org, policy: Failover, "
            + "pools: [{pool: rest}]}"));
        await world.Node.UntilAnswerAsync("other.example.org", "10.9.9.8");
        world.Home.Delete("globalendpoints", "default", "other");
        await world.Node.UntilAnswerAsync("other.example.org");
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_bad_object_says_so_in_its_status_and_an_event_and_its_last_good_version_serves_on(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
        await world.UntilConditionAsync("addresspools", "hk", "Accepted", "True");

        world.Home.Put(TestYaml.Document("AddressPool", "hk", "{healthCheck: wbe, addresses: [{value: 10.0.0.1}]}"));
        var refused = await world.UntilConditionAsync("addresspools", "hk", "Accepted", "False");
        Assert.Equal("spec.healthCheck: there is no HealthCheck named `wbe`; did you mean `web`? (generation 1 serves "
            + "on)", (string?)refused["message"]);
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
        await Wait.UntilAsync(() => Events(world)
            .Any(e => (string?)e["reason"] == "Faulty" && (string?)e["regarding"]!["name"] == "hk"),
            () => world.Node.Log);

        // An object that another one needs is served on when it is deleted, and the one that needs it says why.
        world.Home.Delete("addresspools", "default", "rest");
        await world.Node.UntilLoggedAsync("there is no AddressPool named `rest`");
        await world.UntilConditionAsync("globalendpoints", "kokoro", "Accepted", "False");
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);

        world.Home.Put(TestYaml.Document("AddressPool", "rest", "{addresses: [{value: 10.9.9.9}]}"));
        world.Home.Put(TestYaml.Document("AddressPool", "hk", "{addresses: [{value: 10.0.0.1}]}"));
        await world.UntilConditionAsync("addresspools", "hk", "Accepted", "True");
        await world.UntilConditionAsync("globalendpoints", "kokoro", "Accepted", "True");
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.0.0.1");
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Nothing_ready_takes_an_address_out_though_its_probe_succeeds_and_a_probe_brings_it_back(
        string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
        world.Cluster.Scale("web", "kokoro", 1, 2);
        world.Cluster.Scale("web", "kokoro", 0, 2);
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.9.9.9");
        var address = (await world.Node.StatusAsync()).Endpoints.Single().Pools
            .First(p => p.Name == "hk").Addresses.Single();
        Assert.Equal(("Down", "no ready endpoint behind Ingress web/kokoro in cluster hk"),
            (address.State, address.Reason));

        // Ready inside, and not reachable from outside: only a probe brings it back.
        world.Site.Status = 503;
        world.Cluster.Scale("web", "kokoro", 2, 2);
        await Wait.UntilAsync(async () => !(await world.Node.StatusAsync()).Endpoints.Single().Pools
            .First(p => p.Name == "hk").Addresses.Single().Reason
            .StartsWith("no ready", StringComparison.Ordinal), () => world.Node.Log);
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.9.9.9");
        world.Site.Status = 200;
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_cluster_that_is_not_heard_is_not_unhealthy(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
        await world.Cluster.StopAsync();
        var away = await world.UntilConditionAsync("clusters", "hk", "Reachable", "False");
        Assert.EndsWith("that says nothing of what runs in it, and the probes decide", (string?)away["message"],
            StringComparison.Ordinal);
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);

        // The node starts anew meanwhile, and knows the cluster's addresses all the same.
        await world.Node.StopAsync();
        await world.ServeAsync();
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);

        // The probes decide.
        world.Site.Status = 503;
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.9.9.9");
        world.Site.Status = 200;
        await world.Cluster.ListenAsync();
        await world.UntilConditionAsync("clusters", "hk", "Reachable", "True");
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_node_that_starts_while_the_API_server_is_away_serves_what_it_served(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
        world.Home.Put(TestYaml.Document("AddressPool", "rest", "{addresses: [{value: 10.9.9.7}]}"));
        await world.Node.UntilLoggedAsync("configuration applied");
        await world.Node.StopAsync();
        await world.Home.StopAsync();
        await world.ServeAsync();
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
        Assert.Contains("those that were applied last are served", world.Node.Log, StringComparison.Ordinal);

        await world.Home.ListenAsync();
        world.Home.Put(TestYaml.Document("AddressPool", "hk", "{addresses: [{value: 10.0.0.2}]}"));
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.0.0.2");
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Addresses_of_a_load_balancer_are_followed(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        world.Home.Put(TestYaml.Document("AddressPool", "hk", "{policy: All, addresses: [{from: {cluster: hk, ingress: "
            + "web/kokoro}}]}"));
        world.Cluster.Expose("web", "kokoro", ["10.2.0.1", "10.2.0.2"]);
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.2.0.1", "10.2.0.2");
        world.Cluster.Expose("web", "kokoro", ["10.2.0.2"]);
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.2.0.2");
        world.Cluster.Delete("ingresses", "web", "kokoro");
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.9.9.9");

        // Behind a NAT the load balancer does not know its own address.
        world.Cluster.Expose("web", "kokoro", ["192.168.0.7"]);
        world.Home.Put(TestYaml.Document("AddressPool", "hk", "{addresses: [{from: {cluster: hk, ingress: web/kokoro, "
            + "static: [10.7.7.7]}}]}"));
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.7.7.7");
        world.Cluster.Scale("web", "kokoro", 0, 1);
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.9.9.9");
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task An_annotated_Ingress_joins_a_name_by_itself_and_leaves_it_when_deleted(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        world.Cluster.Expose("shop", "cart", ["10.3.0.1"],
            new()
            {
                ["meridian.dev/endpoint"] = "cart.example.org",
                ["meridian.dev/ttl"] = "7s",
                ["meridian.dev/health-check"] = "web",
            });
        world.Home.Put(TestYaml.Document("HealthCheck", "web", "{interval: 500ms, tcp: {port: 1}}"));
        await world.Node.UntilAnswerAsync("cart.example.org", "10.3.0.1"); // all is down: everything is served
        var explained = await world.Node.CommandAsync("explain", "cart.example.org", "--client", "198.51.100.1", "-o",
            "json");
        Assert.Contains("\"origin\": \"Ingress shop/cart in cluster hk\"", explained.Output, StringComparison.Ordinal);

        // It joins an endpoint that is there already, too.
        world.Cluster.Expose("web", "second", [world.Site.Address],
            new()
            {
                ["meridian.dev/endpoint"] = "kokoro.example.org",
                ["meridian.dev/priority"] = "0",
                ["meridian.dev/port"] = $"{world.Site.Port}",
            });
        await Wait.UntilAsync(async () => (await world.Node.StatusAsync()).Endpoints
            .First(e => e.Name == "kokoro").Pools.Length == 3, () => world.Node.Log);

        // What cannot be is said, and costs nobody else anything.
        world.Cluster.Expose("web", "stray", ["10.3.0.9"], new() { ["meridian.dev/endpoint"] = "stray.example.net" });
        await world.Node.UntilLoggedAsync(
            "Ingress web/stray in cluster hk for stray.example.net is not used: `stray.example.net` is outside every "
                + "zone");

        world.Cluster.Delete("ingresses", "shop", "cart");
        await world.Node.UntilAnswerAsync("cart.example.org");
    }

    private static IEnumerable<JsonNode> Events(ClusterWorld world) =>
        world.Home.List("events");
}
