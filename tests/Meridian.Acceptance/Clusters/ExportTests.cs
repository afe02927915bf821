using System.Text.Json.Nodes;
using Meridian.TestCluster;

namespace Meridian.Acceptance.Clusters;

/// <summary>Endpoints back into clusters.</summary>
public sealed class ExportTests
{
    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_Service_in_a_cluster_follows_the_verdicts_and_goes_when_it_is_exported_no_more(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        world.Home.Put(TestYaml.Header + "kind: AddressPool\nmetadata: {name: many}\nspec: {policy: All, addresses: ["
            + string.Join(", ", Enumerable.Range(1, 150).Select(i => $"{{value: 10.8.0.{i}}}"))
            + ", {value: \"2001:db8::1\"}, {value: 127.0.0.9}, {value: 169.254.0.1}]}");
        world.Home.Put(TestYaml.Document("GlobalEndpoint", "many", "{hostname: many.example.org, policy: Failover, "
            + "pools: [{pool: many}, {pool: rest}]}"));
        world.Home.Put(TestYaml.Document("ExportedService", "many", "{endpoint: many, clusters: [hk], namespace: web, "
            + "service: anywhere, port: 80, targetPort: 8080}"));
        await Wait.UntilAsync(() => Slices(world).Length == 3, () => world.Node.Log);
        Assert.Equal([("IPv4", 100), ("IPv4", 51), ("IPv6", 1)],
            Slices(world).Select(s => ((string)s["addressType"]!, s["endpoints"]!.AsArray().Count)));
        Assert.All(Slices(world).SelectMany(s => s["endpoints"]!.AsArray()),
            e => Assert.True((bool)e!["conditions"]!["ready"]!));
        var service = world.Cluster.Find("services", "web", "anywhere")!;
        Assert.Null(service["spec"]!["selector"]);
        Assert.All(Slices(world),
            s => Assert.Equal((string)service["metadata"]!["uid"]!,
                (string)s["metadata"]!["ownerReferences"]![0]!["uid"]!));
        Assert.Equal(8080, (int)Slices(world)[0]["ports"]![0]!["port"]!);

        // A person drains an address: it takes no new connections, and is still there for those that it has.
        await world.Node.CommandAsync("override", "set", "address/rest/10.9.9.9", "drain", "--reason", "test",
            "--force");
        await Wait.UntilAsync(() => Condition(world, "10.9.9.9") == "False True True", () => world.Node.Log);
        await world.Node.CommandAsync("override", "set", "address/rest/10.9.9.9", "down", "--reason", "test",
            "--force");
        await Wait.UntilAsync(() => Condition(world, "10.9.9.9") == "False False False", () => world.Node.Log);

        // What somebody deletes comes back with the next change; what is wanted no more goes.
        world.Home.Put(TestYaml.Document("AddressPool", "many", "{addresses: [{value: 10.8.0.1}]}"));
        await Wait.UntilAsync(() => Slices(world).Length == 1, () => world.Node.Log);
        world.Home.Delete("exportedservices", "default", "many");
        await Wait.UntilAsync(() => Slices(world).Length == 0
            && world.Cluster.Find("services", "web", "anywhere") is null, () => world.Node.Log);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_Service_of_somebody_else_is_left_alone(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        world.Cluster.Put("apiVersion: v1\nkind: Service\nmetadata: {name: theirs, namespace: web}\nspec: {selector: "
            + "{app: theirs}, ports: [{port: 80}]}");
        world.Home.Put(TestYaml.Document("ExportedService", "theirs", "{endpoint: kokoro, clusters: [hk], namespace: "
            + "web, port: 80}"));
        await world.Node.UntilLoggedAsync(
            "Service web/theirs is there already and is not Meridian's; it is left alone");
        Assert.Equal("theirs", (string?)world.Cluster.Find("services", "web", "theirs")!["spec"]!["selector"]!["app"]);
        Assert.Empty(Slices(world));
    }

    private static JsonObject[] Slices(ClusterWorld world) =>
        [.. world.Cluster.List("endpointslices", "web")
            .Where(s => (string?)s["metadata"]!["labels"]?[
                "endpointslice.kubernetes.io/managed-by"] == "meridian.dev")];

    private static string Condition(ClusterWorld world, string address) =>
        string.Join(' ', Slices(world).SelectMany(s => s["endpoints"]!.AsArray())
        .Where(e => (string?)e!["addresses"]![0] == address)
        .SelectMany(e => e!["conditions"]!.AsObject().Select(c => (bool)c.Value!)));
}
