using System.Text.Json.Nodes;

namespace Meridian.TestCluster;

/// <summary>
/// A Kubernetes API server that a test has for itself. A test that needs no fault of the <see cref="SmallApiServer"/>
/// runs on both kinds, so that nothing rests on what only the small one does.
/// </summary>
public abstract class ApiServer : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    public abstract Uri Uri { get; }

    /// <summary>A bearer token of one who may do everything.</summary>
    public abstract string AdminToken { get; }

    /// <summary>A kubeconfig that leads here.</summary>
    public string Kubeconfig => $$$"""
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{name: test, context: {cluster: test, user: test, namespace: default}}]
        clusters: [{name: test, cluster: {server: "{{{Uri}}}",
          insecure-skip-tls-verify: {{{(Uri.Scheme == "https" ? "true" : "false")}}}}}]
        users: [{name: test, user: {token: "{{{AdminToken}}}"}}]
        """;

    /// <summary>Starts a <c>small</c> or a <c>real</c> one.</summary>
    public static async Task<ApiServer> StartAsync(string kind) =>
        kind == "real" ? await RealApiServer.StartAsync() : await SmallApiServer.StartAsync();

    /// <summary>Creates or replaces an object, its status included; of no namespace means <c>default</c>.</summary>
    public abstract void Put(JsonObject document);

    public abstract JsonObject? Find(string plural, string ns, string name);

    /// <summary>The objects of a namespace, or all for null.</summary>
    public abstract IReadOnlyList<JsonObject> List(string plural, string? ns = null);

    public abstract void Delete(string plural, string ns, string name);

    /// <summary>Stops listening and cuts what is open; the objects stay.</summary>
    public abstract Task StopAsync();

    /// <summary>Listens again, at the same port.</summary>
    public abstract Task ListenAsync();

    public abstract ValueTask DisposeAsync();
}
