using System.Text;
using System.Text.Json.Nodes;
using Meridian.TestCluster;

namespace Meridian.Kubernetes.Tests.Support;

/// <summary>A namespace of a cluster to test in: of the small server, or of the real one where there is one.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly List<ClusterClient> _clients = [];
    private readonly string _kubeconfig;

    private TestServer(string kubeconfig, SmallApiServer? small)
    {
        (_kubeconfig, Small) = (kubeconfig, small);
        Namespace = $"test-{Guid.NewGuid().ToString("n")[..8]}";
        Client = Connect();
    }

    public string Namespace { get; }

    public ClusterClient Client { get; }

    /// <summary>The small server; null on the real one.</summary>
    public SmallApiServer? Small { get; }

    public static async Task<TestServer> OpenAsync(string server, RealServer real)
    {
        var small = server == "small" ? await SmallApiServer.StartAsync() : null;
        var place = new TestServer(small?.Kubeconfig ?? (await real.Server).Kubeconfig, small);
        await place.Client.CreateAsync(ApiResources.Namespaces,
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = place.Namespace } }, default);
        return place;
    }

    public ClusterClient Connect()
    {
        var client = new ClusterClient(ClusterConfiguration.Text("test", Encoding.UTF8.GetBytes(_kubeconfig)));
        _clients.Add(client);
        return client;
    }

    public ObjectKey Key(string name) => new(Namespace, name);

    public Task<JsonObject> CreateAsync(string name, string value, string? label = null) =>
        Client.CreateAsync(ApiResources.ConfigMaps, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = Namespace,
                ["labels"] = label is null ? null : new JsonObject { ["app"] = label },
            },
            ["data"] = new JsonObject { ["value"] = value },
        }, default);

    public Task ChangeAsync(string name, string value) => Client.MergeAsync(ApiResources.ConfigMaps, Key(name),
        new JsonObject { ["data"] = new JsonObject { ["value"] = value } }, default);

    public Task DeleteAsync(string name) => Client.DeleteAsync(ApiResources.ConfigMaps, Key(name), null, default);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        if (Small is not null)
            await Small.DisposeAsync();
    }
}
