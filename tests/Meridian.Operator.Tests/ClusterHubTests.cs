using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Operator.Discovering;
using Meridian.TestCluster;

namespace Meridian.Operator.Tests;

/// <summary>What is found in clusters, and how clusters come and go.</summary>
public sealed class ClusterHubTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-hub-").FullName;
    private SmallApiServer _home = null!;
    private SmallApiServer _cluster = null!;
    private ClusterClient _client = null!;
    private ClusterHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        (_home, _cluster) = (await SmallApiServer.StartAsync(), await SmallApiServer.StartAsync());
        foreach (var (kind, plural) in new[] { ("Gateway", "gateways"), ("HTTPRoute", "httproutes") })
        {
            _cluster.Put(JsonNode.Parse("""
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"PLURAL.gateway.networking.k8s.io"},
                 "spec":{"group":"gateway.networking.k8s.io","scope":"Namespaced","names":{"kind":"KIND","plural":"PLURAL"},
                 "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{"type":"object","properties":{
                   "spec":{"type":"object","x-kubernetes-preserve-unknown-fields":true},"status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}]}}
                """.Replace("PLURAL", plural, StringComparison.Ordinal).Replace("KIND", kind, StringComparison.Ordinal))!.AsObject());
        }

        _client = new ClusterClient(ClusterConfiguration.Text("home", Encoding.UTF8.GetBytes(_home.Kubeconfig)));
        _hub = new ClusterHub(_client, _ => { }, TimeProvider.System, _ => { });
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _client.Dispose();
        await _home.DisposeAsync();
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Finds_addresses_ports_and_readiness_of_every_sort_of_object()
    {
        _cluster.Expose("web", "ing", ["203.0.113.1", "lb.example.net"]);
        _cluster.Put("""
            apiVersion: v1
            kind: Service
            metadata: {name: svc, namespace: web}
            spec: {type: LoadBalancer, ports: [{port: 8443}], externalIPs: [203.0.113.9]}
            status: {loadBalancer: {ingress: [{ip: 203.0.113.2}]}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: gw, namespace: infra}
            spec: {listeners: [{port: 80}, {port: 443}]}
            status: {addresses: [{type: IPAddress, value: 203.0.113.3}, {type: IPAddress, value: "2001:db8::3"}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: route, namespace: web}
            spec: {hostnames: [a.example.org], parentRefs: [{name: gw, namespace: infra}], rules: [{backendRefs: [{name: ing}, {name: svc}, {kind: Other, name: x}]}]}
            """);
        _cluster.Scale("web", "ing", 2, 3);
        _cluster.Scale("web", "svc", 1, 1);
        Watch("access: {file: " + Kubeconfig() + "}", "ingress: web/ing", "service: web/svc", "gateway: infra/gw", "httpRoute: web/route", "ingress: web/none");
        await UntilAsync(() => _hub.Current.Clusters.GetValueOrDefault("hk") is { Synced: true, Objects.Count: 4 });
        Assert.Equal(
        [
            "Gateway infra/gw in cluster hk: 203.0.113.3, 2001:db8::3 port 443, 3 ready",
            "HTTPRoute web/route in cluster hk: 203.0.113.3, 2001:db8::3 port 443, 3 ready",
            "Ingress web/ing in cluster hk: 203.0.113.1, lb.example.net port 80, 2 ready",
            "Service web/svc in cluster hk: 203.0.113.2, 203.0.113.9 port 8443, 1 ready",
        ], _hub.Current.Clusters["hk"].Objects.Values.Select(o => $"{o.Reference}: {string.Join(", ", o.Addresses)} port {o.Port}, {o.Ready} ready").Order(StringComparer.Ordinal));

        // A Service with both families has its endpoints twice, and one that is terminating is not ready.
        _cluster.Put("""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: svc-v6, namespace: web, labels: {kubernetes.io/service-name: svc}}
            addressType: IPv6
            endpoints: [{addresses: ["2001:db8::1"], conditions: {ready: true}}, {addresses: ["2001:db8::2"], conditions: {ready: false, serving: true, terminating: true}}]
            """);
        await Task.Delay(200);
        Assert.Equal(1, _hub.Current.Find(new ClusterReference("hk", "Service", "web/svc"))!.Ready);
    }

    [Fact]
    public async Task Every_cluster_that_Argo_CD_knows_is_watched_under_its_own_name_and_comes_and_goes_with_its_Secret()
    {
        _cluster.Expose("web", "ing", ["203.0.113.1"]);
        Argo("prod-hk", "hk", new() { ["argocd.argoproj.io/secret-type"] = "cluster", ["env"] = "prod", ["meridian.dev/site"] = "hongkong" });
        Argo("test-hk", "hk-test", new() { ["argocd.argoproj.io/secret-type"] = "cluster", ["env"] = "test" });
        Argo("other", "other", new() { ["env"] = "prod" });
        Watch("fromArgoCD: {selector: env=prod}", "ingress: web/ing");
        await UntilAsync(() => _hub.Current.Clusters.GetValueOrDefault("hk") is { Synced: true, Objects.Count: 1 });
        Assert.Equal(["hk"], _hub.Current.Clusters.Keys);
        Assert.Equal("hongkong", _hub.Current.Clusters["hk"].Site);
        _home.Delete("secrets", "argocd", "prod-hk");
        await UntilAsync(() => _hub.Current.Clusters.IsEmpty);
    }

    [Fact]
    public async Task A_kubeconfig_that_cannot_be_used_is_said_and_a_new_one_taken()
    {
        Watch("access: {secret: default/hk}", "ingress: web/ing");
        await UntilAsync(() => _hub.Current.Clusters.GetValueOrDefault("hk")?.Fault == "there is no Secret default/hk, or it cannot be read");
        Secret("nonsense: [");
        await UntilAsync(() => _hub.Current.Clusters.GetValueOrDefault("hk")?.Fault?.StartsWith("Secret default/hk: ", StringComparison.Ordinal) == true);
        Secret(_cluster.Kubeconfig);
        _cluster.Expose("web", "ing", ["203.0.113.1"]);
        await UntilAsync(() => _hub.Current.Clusters.GetValueOrDefault("hk") is { Fault: null, Synced: true, Objects.Count: 1 });

        // Another cluster under the same name.
        await using var next = await SmallApiServer.StartAsync();
        next.Expose("web", "ing", ["203.0.113.77"]);
        Secret(next.Kubeconfig);
        await UntilAsync(() => _hub.Current.Find(new ClusterReference("hk", "Ingress", "web/ing"))?.Addresses is ["203.0.113.77"]);
    }

    private string Kubeconfig()
    {
        var file = Path.Combine(_folder, "kubeconfig");
        File.WriteAllText(file, _cluster.Kubeconfig);
        return file;
    }

    private void Watch(string cluster, params string[] references)
    {
        var read = ConfigurationReader.ReadText(Path.Combine(_folder, "test.yaml"),
            $"apiVersion: meridian.dev/v1alpha1\nkind: Cluster\nmetadata: {{name: {(cluster.StartsWith("from", StringComparison.Ordinal) ? "argo" : "hk")}}}\nspec: {{{cluster}}}\n---\n"
            + $"apiVersion: meridian.dev/v1alpha1\nkind: AddressPool\nmetadata: {{name: p}}\nspec: {{addresses: [{string.Join(", ", references.Select(r => $"{{from: {{cluster: hk, {r}}}}}"))}]}}\n");
        Assert.Empty(read.Faults);
        _hub.Update(read.Resources);
    }

    private void Secret(string kubeconfig) => _home.Put(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = "hk", ["namespace"] = "default" },
        ["data"] = new JsonObject { ["kubeconfig"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(kubeconfig)) },
    });

    private void Argo(string secret, string name, Dictionary<string, string> labels) => _home.Put(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = secret, ["namespace"] = "argocd", ["labels"] = new JsonObject(labels.Select(l => new KeyValuePair<string, JsonNode?>(l.Key, l.Value))) },
        ["data"] = new JsonObject(new Dictionary<string, string> { ["name"] = name, ["server"] = _cluster.Uri.ToString(), ["config"] = """{"bearerToken":"none","tlsClientConfig":{"insecure":false}}""" }
            .Select(d => new KeyValuePair<string, JsonNode?>(d.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes(d.Value))))),
    });

    private async Task UntilAsync(Func<bool> condition)
    {
        var limit = Stopwatch.StartNew();
        while (!condition())
        {
            if (limit.Elapsed > TimeSpan.FromSeconds(30))
                Assert.Fail(string.Join("; ", _hub.Current.Clusters.Values.Select(c => $"{c.Name} synced {c.Synced} fault {c.Fault}: {string.Join(", ", c.Objects.Values.Select(o => $"{o.Reference} {string.Join('|', o.Addresses)} {o.Ready}"))}")));
            await Task.Delay(20);
        }
    }
}
