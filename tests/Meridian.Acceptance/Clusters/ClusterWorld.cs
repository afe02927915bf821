using System.Text.Json.Nodes;
using Meridian.Acceptance.Support;
using Meridian.Operator.Crds;
using Meridian.TestCluster;

namespace Meridian.Acceptance.Clusters;

/// <summary>
/// A cluster that holds resources, a cluster <c>hk</c> that addresses are in, a site to be probed, and the real
/// program.
/// </summary>
internal sealed class ClusterWorld : IAsyncDisposable
{
    public const string Resources = """
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z}
        spec: {origin: example.org, soa: {negativeTtl: 1s}, nameServers: [{name: ns.example.net}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: Site
        metadata: {name: hongkong}
        spec: {latitude: 22.3, longitude: 114.2, country: HK}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: HealthCheck
        metadata: {name: web}
        spec: {interval: 500ms, confirmInterval: 100ms, http: {port: PORT}}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: Cluster
        metadata: {name: hk}
        spec: {site: hongkong, access: {secret: default/hk}}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: hk}
        spec: {healthCheck: web, addresses: [{from: {cluster: hk, ingress: web/kokoro}}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: rest}
        spec: {addresses: [{value: 10.9.9.9}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: kokoro}
        spec: {hostname: kokoro.example.org, policy: Failover, ttl: 1s, pools: [{pool: hk}, {pool: rest}]}
        """;

    private readonly TestFolder _folder = new();

    private ClusterWorld(ApiServer home, ApiServer cluster, FakeSite site)
    {
        (Home, Cluster, Site) = (home, cluster, site);
        Node = new TestNode(TestNode.Empty);
        File.WriteAllText(Kubeconfig, home.Kubeconfig);
    }

    public ApiServer Home { get; }

    public ApiServer Cluster { get; }

    public FakeSite Site { get; }

    public TestNode Node { get; }

    private string Kubeconfig => _folder.File("config");

    public static async Task<ClusterWorld> StartAsync(string server)
    {
        var (home, cluster) = (ApiServer.StartAsync(server), ApiServer.StartAsync(server));
        var world = new ClusterWorld(await home, await cluster,
            new FakeSite("127.0.0.41", Ports.Free()).Start());
        foreach (var (_, definition) in CrdWriter.All)
            world.Home.Put(definition);
        world.Home.Put(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = "hk", ["namespace"] = "default" },
            ["data"] = new JsonObject
            {
                ["kubeconfig"] = Convert.ToBase64String(
                System.Text.Encoding.UTF8.GetBytes(world.Cluster.Kubeconfig))
            },
        });
        world.Cluster.Expose("web", "kokoro", [world.Site.Address]);
        world.Cluster.Scale("web", "kokoro", 2, 2);
        world.Home.Put(Resources.Replace("PORT", $"{world.Site.Port}", StringComparison.Ordinal));
        await world.ServeAsync();
        return world;
    }

    /// <summary>Starts the program.</summary>
    public Task ServeAsync() => ServeAsync(Node);

    /// <summary>Starts the program as another node of the same objects.</summary>
    public Task ServeAsync(TestNode node, params string[] more) =>
        node.StartAsync(more: ["--kubernetes", "--kubeconfig", Kubeconfig, .. more]);

    /// <summary>Waits for a condition of an object.</summary>
    public async Task<JsonNode> UntilConditionAsync(string plural, string name, string type, string status)
    {
        JsonNode? found = null;
        await Wait.UntilAsync(() =>
        {
            found = Home.Find(plural, "default", name)?["status"]?["conditions"]?.AsArray()
                .FirstOrDefault(c => (string?)c!["type"] == type);
            return (string?)found?["status"] == status;
        }, () => $"{Home.Find(plural, "default", name)?.ToJsonString()}\n{Node.Log}");
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Site.DisposeAsync();
        await Home.DisposeAsync();
        await Cluster.DisposeAsync();
        _folder.Dispose();
    }
}
