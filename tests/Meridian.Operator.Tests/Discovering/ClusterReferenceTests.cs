using System.Collections.Concurrent;
using System.Text;
using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Operator.Discovering;
using Meridian.TestCluster;

namespace Meridian.Operator.Tests.Discovering;

/// <summary>How an address refers to objects of a cluster: by any route of the Gateway API, and by labels.</summary>
public sealed class ClusterReferenceTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ConcurrentQueue<string> _log = [];
    private ApiServer? _cluster;
    private ClusterClient? _client;
    private ClusterHub? _hub;

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
            await _hub.DisposeAsync();
        _client?.Dispose();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_route_of_any_sort_leads_to_the_addresses_of_its_Gateway_and_to_what_is_ready_behind_it(
        string server)
    {
        await StartAsync(server);
        _cluster!.Put("""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: gw, namespace: infra}
            spec: {listeners: [{port: 443}]}
            status: {addresses: [{type: IPAddress, value: 203.0.113.3}]}
            """);
        var kinds = new[] { ("HTTPRoute", "v1"), ("GRPCRoute", "v1"), ("TLSRoute", "v1"), ("TCPRoute", "v1alpha2") };
        foreach (var ((kind, version), ready) in kinds.Zip([1, 2, 3, 4]))
        {
            _cluster!.Put($$"""
                apiVersion: gateway.networking.k8s.io/{{version}}
                kind: {{kind}}
                metadata: {name: route, namespace: web}
                spec:
                  parentRefs: [{name: gw, namespace: infra}]
                  rules: [{backendRefs: [{name: {{kind.ToLowerInvariant()}}}]}]
                """);
            _cluster!.Scale("web", kind.ToLowerInvariant(), ready, ready);
        }

        var resources = Watch("{httpRoute: web/route}", "{grpcRoute: web/route}", "{tlsRoute: web/route}",
            "{tcpRoute: web/route}");
        await UntilAsync(resources,
            "203.0.113.3 x1 HTTPRoute web/route in cluster hk", "203.0.113.3 x2 GRPCRoute web/route in cluster hk",
            "203.0.113.3 x3 TLSRoute web/route in cluster hk", "203.0.113.3 x4 TCPRoute web/route in cluster hk");
    }

    [Theory]
    [InlineData("small", "v1alpha2", "tlsRoute")]
    [InlineData("small", "v1alpha3", "tlsRoute")]
    [InlineData("small", "v1alpha2", "grpcRoute")]
    [InlineData("small", "v1", "tcpRoute")]
    [InlineData("real", "v1alpha2", "tlsRoute")]
    [InlineData("real", "v1", "tcpRoute")]
    public async Task A_route_is_read_in_the_version_that_the_cluster_has(string server, string version, string route)
    {
        await StartAsync(server, version);
        _cluster!.Put($$"""
            apiVersion: gateway.networking.k8s.io/{{version}}
            kind: {{route[..^5].ToUpperInvariant()}}Route
            metadata: {name: route, namespace: web}
            spec: {rules: [{backendRefs: [{name: app}]}]}
            """);
        _cluster!.Scale("web", "app", 2, 3);
        Watch($"{{{route}: web/route}}");
        await Wait.UntilAsync(() => _hub!.Current.Clusters.GetValueOrDefault("hk")?.Objects.Values
            .SingleOrDefault() is { Ready: 2 }, () => string.Join("; ", _log), seconds: 60);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Objects_are_found_by_their_labels_and_come_and_go_with_them(string server)
    {
        await StartAsync(server);
        Ingress("web", "one", "app: kokoro, tier: edge", "203.0.113.1");
        Ingress("web", "two", "app: kokoro, tier: test", "203.0.113.2");
        Ingress("web", "other", "app: other, tier: edge", "203.0.113.3");
        Ingress("shop", "three", "app: kokoro, tier: edge", "203.0.113.4");
        Service("web", "four", "app: kokoro, tier: edge", "203.0.113.5");

        var resources = Watch(
            "{select: {kind: Ingress, namespace: web, labels: \"app=kokoro,tier notin (test)\"}}",
            "{select: {kind: Service, labels: app}}");
        await UntilAsync(resources, "203.0.113.1 x1 Ingress web/one in cluster hk",
            "203.0.113.5 x1 Service web/four in cluster hk");

        // A label is given, another one taken, and an object deleted.
        Ingress("web", "two", "app: kokoro, tier: edge", "203.0.113.2");
        await UntilAsync(resources, "203.0.113.1 x1 Ingress web/one in cluster hk",
            "203.0.113.2 x1 Ingress web/two in cluster hk", "203.0.113.5 x1 Service web/four in cluster hk");
        Ingress("web", "one", "app: gone, tier: edge", "203.0.113.1");
        _cluster!.Delete("services", "web", "four");
        await UntilAsync(resources, "203.0.113.2 x1 Ingress web/two in cluster hk");

        // Everywhere, without a namespace.
        resources = Watch("{select: {kind: Ingress, labels: \"app in (kokoro, other), tier=edge\"}}");
        await UntilAsync(resources, "203.0.113.4 x1 Ingress shop/three in cluster hk",
            "203.0.113.3 x1 Ingress web/other in cluster hk", "203.0.113.2 x1 Ingress web/two in cluster hk");
    }

    private async Task StartAsync(string server, string? version = null)
    {
        _cluster = await ApiServer.StartAsync(server);
        GatewayApi.Define(_cluster, version);
        _client = new ClusterClient(ClusterConfiguration.Text("home", Encoding.UTF8.GetBytes(_cluster.Kubeconfig)));
        _hub = new ClusterHub(_client, _ => { }, TimeProvider.System, _log.Enqueue);
    }

    private void Ingress(string ns, string name, string labels, string address) => _cluster!.Put($$"""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: {{name}}, namespace: {{ns}}, labels: { {{labels}} } }
        spec: {defaultBackend: {service: {name: {{name}}, port: {number: 80} } } }
        status: {loadBalancer: {ingress: [{ip: {{address}} }]} }
        """);

    private void Service(string ns, string name, string labels, string address) => _cluster!.Put($$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: {{ns}}, labels: { {{labels}} } }
        spec: {type: LoadBalancer, ports: [{port: 443}]}
        status: {loadBalancer: {ingress: [{ip: {{address}} }]} }
        """);

    /// <summary>One pool with an address for each reference.</summary>
    private ResourceSet Watch(params string[] references)
    {
        var file = _folder.Write("kubeconfig", _cluster!.Kubeconfig);
        var pools = references.Select((r, i) => "---\n" + TestYaml.Document("AddressPool", $"p{i}",
            $"{{addresses: [{{from: {{cluster: hk, {r[1..]}, weightFrom: ready}}]}}"));
        var read = ConfigurationReader.ReadText(_folder.File("test.yaml"),
            TestYaml.Document("Cluster", "hk", $"{{access: {{file: {file}}}}}") + string.Concat(pools));
        Assert.Empty(read.Faults);
        _hub!.Update(read.Resources);
        return read.Resources;
    }

    private Task UntilAsync(ResourceSet resources, params string[] addresses) => Wait.UntilAsync(
        () => Addresses(resources).SequenceEqual(addresses),
        () => $"{string.Join("; ", Addresses(resources))}; {string.Join("; ", _log)}", seconds: 30);

    private IEnumerable<string> Addresses(ResourceSet resources) =>
        Expansion.Of(resources, _hub!.Current).Resources.Pools.Values.OrderBy(p => p.Name, StringComparer.Ordinal)
            .SelectMany(p => p.Addresses).Select(a => $"{a.Value} x{a.Weight} {a.Origin}");
}
