namespace Meridian.Model.Tests.Validation;

/// <summary>Checks the spec of one resource, named <c>x</c>, beside a sound configuration that it may refer
/// to.</summary>
internal static class RuleCheck
{
    /// <summary>What every checked resource stands beside.</summary>
    private const string Others = """
        Zone z {origin: example.org,
          nameServers: [{name: ns.example.net}, {name: ns1.example.org, addresses: [192.0.2.53]}],
          records: [{name: www, type: A, data: [192.0.2.80]}, {name: old, type: CNAME, data: [www]},
          {name: text, type: TXT, data: [hello]}]}
        Zone inner {origin: inner.example.org, nameServers: [{name: ns.example.net}],
          records: [{name: www, type: AAAA, data: ["2001:db8::1"]}]}
        Site hanoi {latitude: 21, longitude: 105}
        HealthCheck web {tcp: {port: 80}}
        HealthCheck tcp {tcp: {}}
        HealthCheck grpc {grpc: {}}
        LoadSignal load {}
        LoadSignal plain {scrape: {engine: Vllm}}
        LoadSignal tls {scrape: {engine: Vllm, scheme: https}}
        LoadSignal port {scrape: {engine: Vllm, port: 9000}}
        AddressPool p {site: hanoi, addresses: [{value: 10.0.0.1}]}
        AddressPool q {addresses: [{value: 10.0.0.2, port: 80}]}
        AddressPool busy {site: hanoi, loadSignal: load, addresses: [{value: 10.0.0.3}]}
        AddressPool alias {site: hanoi, addresses: [{value: lb.example.net}]}
        AddressPool flat {site: hanoi, flatten: true, addresses: [{value: lb.example.net}]}
        AddressPool cluster {site: hanoi, addresses: [{from: {cluster: hk, ingress: web/app}}]}
        AddressPool mixed {site: hanoi, addresses: [{value: 10.0.0.5}, {from: {cluster: hk, ingress: web/app}}]}
        AddressPool static {site: hanoi, addresses: [{from: {cluster: hk, ingress: web/app, static: [10.0.0.4]}}]}
        AddressPool lab {site: hanoi, addresses: [{tunnel: {agent: lab, service: web}}]}
        SourceMap lines {sources: [], default: [p]}
        SourceMap wide {sources: [{name: office, networks: [198.51.100.0/24], pools: [q, p]}], default: [p, busy]}
        TsigKey key {secret: c2VjcmV0}
        Cluster hk {}
        TunnelAgent lab {publishes: [web, "llm-*"]}
        TunnelAgent account {publishes: ["*"],
          identity: {serviceAccount: {cluster: hk, namespace: n, name: taken}}}
        AccessPolicy known {issuer: "https://a.example",
          subjects: [{namespace: known, serviceAccount: dns}, {namespace: wide, serviceAccount: "*"}]}
        Node node {site: hanoi, addresses: [192.0.2.7]}
        GlobalEndpoint first {hostname: first.example.org, policy: Failover, pools: [{pool: q}],
          gateway: {tcp: {port: 22}}}
        ExportedService first {endpoint: first, clusters: [hk], namespace: web, service: taken, port: 80}
        """;

    private static readonly string Before = string.Concat(Others.ReplaceLineEndings("\n")
        .Replace("\n  ", " ", StringComparison.Ordinal).Split('\n')
        .Select(l => l.Split(' ', 3)).Select(p => Document(p[0], p[1], p[2])));

    /// <summary>Holds that a spec has no fault, and gives the configuration with it.</summary>
    public static Configuration IsSound(string kind, string spec)
    {
        var configuration = ConfigurationReader.ReadText("f.yaml", Before + Document(kind, "x", spec));
        Assert.Empty(configuration.Faults);
        return configuration;
    }

    /// <summary>
    /// Holds that a spec has exactly one fault, which is about the text that begins with <paramref name="at"/>.
    /// </summary>
    public static void HasFault(string kind, string spec, string at, string message)
    {
        var text = Before + Document(kind, "x", spec);

        var fault = Assert.Single(ConfigurationReader.ReadText("f.yaml", text).Faults);

        Assert.Equal(message, fault.Message);
        var line = text.Split('\n')[fault.Where.Line - 1];
        Assert.StartsWith(at, line[(fault.Where.Column - 1)..], StringComparison.Ordinal);
    }

    private static string Document(string kind, string name, string spec) =>
        "---\n" + TestYaml.Document(kind, name, spec);
}
