using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Operator.Discovering;
using Meridian.TestCluster;

namespace Meridian.Operator.Tests.Discovering;

/// <summary>What is found in clusters, and how clusters come and go.</summary>
public sealed class ClusterHubTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<ApiServer> _servers = [];
    private readonly ConcurrentQueue<string> _log = [];
    private ClusterClient? _client;
    private ClusterHub? _started;

    private ApiServer Home => _servers[0];

    private ApiServer Cluster => _servers[1];

    private ClusterHub Hub => _started!;

    public async ValueTask DisposeAsync()
    {
        if (_started is not null)
            await _started.DisposeAsync();
        _client?.Dispose();
        foreach (var server in _servers)
            await server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Finds_addresses_ports_and_readiness_of_every_sort_of_object(string server)
    {
        await StartAsync(server);
        Cluster.Expose("web", "ing", ["203.0.113.1", "lb.example.net"]);
        Cluster.Put("""
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
            spec:
              hostnames: [a.example.org]
              parentRefs: [{name: gw, namespace: infra}]
              rules: [{backendRefs: [{name: ing}, {name: svc}, {kind: Other, name: x}]}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: hosts, namespace: web}
            spec:
              rules:
              - host: a.example.org
                http:
                  paths: [{path: /, pathType: Prefix, backend: {service: {name: ing, port: {number: 80}}}}]
              - host: b.example.org
                http:
                  paths: [{path: /, pathType: Prefix, backend: {service: {name: svc, port: {number: 80}}}}]
            """);
        Cluster.Scale("web", "ing", 2, 3);
        Cluster.Scale("web", "svc", 1, 1);
        Watch("access: {file: " + Kubeconfig() + "}", "ingress: web/ing", "service: web/svc", "gateway: infra/gw",
            "httpRoute: web/route", "ingress: web/none", "ingress: web/hosts");
        await UntilAsync(() => Hub.Current.Clusters.GetValueOrDefault("hk") is { Synced: true, Objects.Count: 5 });
        var hosts = Hub.Current.Find(new ClusterReference("hk", "Ingress", "web/hosts"))!;
        Assert.Equal([3, 2, 1], new[] { null, "a.example.org", "b.example.org" }
            .Select(h => hosts.ReadyFor(h, ServiceHealthPolicy.Any)!.Value));
        Assert.Equal(
        [
            "Gateway infra/gw in cluster hk: 203.0.113.3, 2001:db8::3 port 443, 3 ready",
            "HTTPRoute web/route in cluster hk: 203.0.113.3, 2001:db8::3 port 443, 3 ready",
            "Ingress web/hosts in cluster hk:  port 80, 3 ready",
            "Ingress web/ing in cluster hk: 203.0.113.1, lb.example.net port 80, 2 ready",
            "Service web/svc in cluster hk: 203.0.113.2, 203.0.113.9 port 8443, 1 ready",
        ], Hub.Current.Clusters["hk"].Objects.Values
        .Select(o => $"{o.Reference}: {string.Join(", ", o.Addresses)} port {o.Port}, {o.Ready} ready")
        .Order(StringComparer.Ordinal));

        // A Service with both families has its endpoints twice, and one that is terminating is not ready.
        Cluster.Put("""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: svc-v6, namespace: web, labels: {kubernetes.io/service-name: svc}}
            addressType: IPv6
            endpoints:
            - {addresses: ["2001:db8::1"], conditions: {ready: true}}
            - {addresses: ["2001:db8::2"], conditions: {ready: false, serving: true, terminating: true}}
            """);
        Cluster.Scale("web", "svc", 3, 3);
        await UntilAsync(() => Hub.Current.Find(new ClusterReference("hk", "Service", "web/svc"))!.Ready == 3);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Every_cluster_that_Argo_CD_knows_is_watched_under_its_own_name_and_comes_and_goes_with_its_Secret(
        string server)
    {
        await StartAsync(server);
        Cluster.Expose("web", "ing", ["203.0.113.1"]);
        Argo("prod-hk", "hk", new()
        {
            ["argocd.argoproj.io/secret-type"] = "cluster",
            ["env"] = "prod",
            ["meridian.dev/site"] = "hongkong",
        });
        Argo("test-hk", "hk-test", new() { ["argocd.argoproj.io/secret-type"] = "cluster", ["env"] = "test" });
        Argo("other", "other", new() { ["env"] = "prod" });
        Watch("fromArgoCD: {selector: env=prod}", "ingress: web/ing");
        await UntilAsync(() => Hub.Current.Clusters.GetValueOrDefault("hk") is { Synced: true, Objects.Count: 1 });
        Assert.Equal(["hk"], Hub.Current.Clusters.Keys);
        Assert.Equal("hongkong", Hub.Current.Clusters["hk"].Site);
        Home.Delete("secrets", "argocd", "prod-hk");
        await UntilAsync(() => Hub.Current.Clusters.IsEmpty);
    }

    [Fact]
    public async Task Of_two_sources_of_one_cluster_name_one_is_watched_and_the_other_says_why_it_is_not()
    {
        await StartAsync("small");
        Cluster.Expose("web", "ing", ["203.0.113.1"]);
        Dictionary<string, string> labels = new() { ["argocd.argoproj.io/secret-type"] = "cluster" };
        Argo("b", "vn", labels);
        Argo("a", "hk", labels);
        Argo("c", "vn", labels);
        Secret(Cluster.Kubeconfig);
        var read = ConfigurationReader.ReadText(_folder.File("test.yaml"),
            TestYaml.Part("Cluster", "argo", "{fromArgoCD: {}}")
            + TestYaml.Part("Cluster", "hk", "{access: {secret: default/hk}}")
            + TestYaml.Document("AddressPool", "p", "{addresses: [{from: {cluster: hk, ingress: web/ing}}]}"));
        Hub.Update(read.Resources);
        await UntilAsync(() => Hub.Current is { Clusters.Count: 2, Conflicts.Count: 1 }
            && Hub.Current.Clusters.Values.All(c => c.Synced));
        Assert.Equal("Secret argocd/a (Cluster `argo`) is not used: the cluster `hk` is that of Cluster `hk`; "
            + "Secret argocd/c (Cluster `argo`) is not used: the cluster `vn` is that of Secret argocd/b "
            + "(Cluster `argo`)",
            Hub.Current.Conflicts["argo"]);

        // Looked at again and again, it goes on with the watches that it has.
        var before = Hub.Current.Clusters["hk"].ObjectCount;
        for (var i = 1; i <= 5; i++)
        {
            Cluster.Expose("web", $"more{i}", ["203.0.113.2"]);
            await UntilAsync(() => Hub.Current.Clusters["hk"].ObjectCount == before + i);
            Hub.Update(read.Resources);
        }

        Assert.Equal(2, _log.Count(l => l.Contains("is watched at", StringComparison.Ordinal)));

        // The loser has the name when the winner is gone.
        Home.Delete("secrets", "argocd", "b");
        await UntilAsync(() => Hub.Current is { Clusters.Count: 2 } now && now.Conflicts["argo"]
            == "Secret argocd/a (Cluster `argo`) is not used: the cluster `hk` is that of Cluster `hk`");
    }

    [Fact]
    public async Task Annotations_that_cannot_be_read_leave_those_before_in_force_and_say_why()
    {
        await StartAsync("small");
        var ingress = new ClusterReference("hk", "Ingress", "web/ing");
        Cluster.Expose("web", "ing", ["203.0.113.1"], Notes("5"));
        Cluster.Expose("web", "new", ["203.0.113.2"], Notes("ten"));
        Watch("access: {file: " + Kubeconfig() + "}", "ingress: web/ing");
        await UntilAsync(() => Hub.Current.Find(ingress)?.Annotations.GetValueOrDefault("weight") == "5");
        Cluster.Expose("web", "ing", ["203.0.113.9"], Notes("1%"));

        // Its annotations and its addresses are written one after the other.
        await UntilAsync(() => Hub.Current.Find(ingress) is { Faults.Length: 1, Addresses: ["203.0.113.9"] });
        var kept = Hub.Current.Find(ingress)!;
        Assert.Equal(("5", "203.0.113.9"), (kept.Annotations["weight"], kept.Addresses.Single()));
        const string Fault = "field `weight` wants a whole number, and this is";
        Assert.Equal(
            ["Ingress web/ing in cluster hk", "Ingress web/new in cluster hk for a.example.org is not used: x"],
            Expansion.FaultsOf(Hub.Current,
                new Dictionary<string, string> { ["Ingress web/new in cluster hk for a.example.org"] = "x" })
            .Select(f => f.Key == kept ? f.Key.Reference.ToString() : f.Value).Order(StringComparer.Ordinal));
        Assert.Equal([$"{Fault} `1%`"], kept.Faults);
        Assert.Equal([$"{Fault} `ten`"], Expansion.Contributions(Hub.Current)
            .Where(c => c.Fault is not null).Select(c => c.Fault!));

        Cluster.Expose("web", "ing", ["203.0.113.9"], Notes("6"));
        await UntilAsync(() => Hub.Current.Find(ingress) is { Faults: [] } now && now.Annotations["weight"] == "6");

        static Dictionary<string, string> Notes(string weight) =>
            new() { ["meridian.dev/endpoint"] = "a.example.org", ["meridian.dev/weight"] = weight };
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_kubeconfig_that_cannot_be_used_is_said_and_a_new_one_taken(string server)
    {
        await StartAsync(server);
        Watch("access: {secret: default/hk}", "ingress: web/ing");
        await UntilAsync(() => Hub.Current.Clusters.GetValueOrDefault(
            "hk")?.Fault == "there is no Secret default/hk, or it cannot be read");
        Secret("nonsense: [");
        await UntilAsync(() => Hub.Current.Clusters.GetValueOrDefault("hk")?.Fault?.StartsWith("Secret default/hk: ",
            StringComparison.Ordinal) == true);
        Secret(Cluster.Kubeconfig);
        Cluster.Expose("web", "ing", ["203.0.113.1"]);
        await UntilAsync(() => Hub.Current.Clusters.GetValueOrDefault("hk") is
        {
            Fault: null, Synced: true,
            Objects.Count: 1
        });

        // Another cluster under the same name.
        await using var next = await ApiServer.StartAsync(server);
        next.Expose("web", "ing", ["203.0.113.77"]);
        Secret(next.Kubeconfig);
        await UntilAsync(() => Hub.Current.Find(new ClusterReference("hk", "Ingress",
            "web/ing"))?.Addresses is ["203.0.113.77"]);
    }

    private async Task StartAsync(string server)
    {
        _servers.Add(await ApiServer.StartAsync(server));
        _servers.Add(await ApiServer.StartAsync(server));
        GatewayApi.Define(Cluster);
        _client = new ClusterClient(ClusterConfiguration.Text("home", Encoding.UTF8.GetBytes(Home.Kubeconfig)));
        _started = new ClusterHub(_client, _ => { }, TimeProvider.System, _log.Enqueue);
    }

    private string Kubeconfig()
    {
        var file = _folder.File("kubeconfig");
        File.WriteAllText(file, Cluster.Kubeconfig);
        return file;
    }

    private void Watch(string cluster, params string[] references)
    {
        var name = cluster.StartsWith("from", StringComparison.Ordinal) ? "argo" : "hk";
        var addresses = string.Join(", ", references.Select(r => $"{{from: {{cluster: hk, {r}}}}}"));
        var read = ConfigurationReader.ReadText(_folder.File("test.yaml"), $$"""
            apiVersion: meridian.dev/v1alpha1
            kind: Cluster
            metadata: {name: {{name}}}
            spec: { {{cluster}} }
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: AddressPool
            metadata: {name: p}
            spec: {addresses: [{{addresses}}]}
            """);
        Assert.Empty(read.Faults);
        Hub.Update(read.Resources);
    }

    private void Secret(string kubeconfig) => Home.Put(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = "hk", ["namespace"] = "default" },
        ["data"] = new JsonObject { ["kubeconfig"] = Base64(kubeconfig) },
    });

    private void Argo(string secret, string name, Dictionary<string, string> labels) => Home.Put(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject
        {
            ["name"] = secret,
            ["namespace"] = "argocd",
            ["labels"] = new JsonObject(labels.Select(l => new KeyValuePair<string, JsonNode?>(l.Key, l.Value))),
        },
        ["data"] = new JsonObject
        {
            ["name"] = Base64(name),
            ["server"] = Base64(Cluster.Uri.ToString()),
            ["config"] = Base64(new JsonObject
            {
                ["bearerToken"] = Cluster.AdminToken,
                ["tlsClientConfig"] = new JsonObject { ["insecure"] = Cluster.Uri.Scheme == "https" },
            }.ToJsonString()),
        },
    });

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(condition,
        () => string.Join("; ", Hub.Current.Clusters.Values.Select(Show)), seconds: 30);

    private static string Show(DiscoveredCluster cluster)
    {
        var objects = cluster.Objects.Values.Select(o => $"{o.Reference} {string.Join('|', o.Addresses)} {o.Ready}");
        return $"{cluster.Name} synced {cluster.Synced} fault {cluster.Fault}: {string.Join(", ", objects)}";
    }
}
