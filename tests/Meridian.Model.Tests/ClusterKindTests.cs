namespace Meridian.Model.Tests;

/// <summary>What is said of faults in the kinds that speak of clusters.</summary>
public sealed class ClusterKindTests
{
    private const string Sound = """
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z}
        spec: {origin: example.org, nameServers: [{name: ns.example.net}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: Site
        metadata: {name: hongkong}
        spec: {latitude: 22.3, longitude: 114.2}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: Cluster
        metadata: {name: hk}
        spec: {site: hongkong, access: {secret: meridian/hk}}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: hk}
        spec: {addresses: [{from: {cluster: hk, ingress: web/kokoro}, port: 443}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: kokoro}
        spec: {hostname: kokoro.example.org, policy: Weighted, pools: [{pool: hk, weightFrom: ready}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AccessPolicy
        metadata: {name: hk}
        spec:
          issuer: https://hk.example.com
          subjects: [{namespace: external-dns, serviceAccount: "*"}]
          records: [{zones: [example.org]}]
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: ExportedService
        metadata: {name: kokoro}
        spec: {endpoint: kokoro, clusters: [hk], namespace: web, port: 443}
        """;

    [Fact]
    public void Reads_them_all() => Assert.Empty(ConfigurationReader.ReadText("f.yaml", Sound).Faults);

    [Theory]
    [InlineData("site: hongkong, access", "site: hongkon, access",
        "there is no Site named `hongkon`; did you mean `hongkong`?")]
    [InlineData("access: {secret: meridian/hk}", "access: {secret: hk}", "`hk` is not of the form namespace/name")]
    [InlineData("access: {secret: meridian/hk}", "access: {secret: meridian/hk, inCluster: true}",
        "`access` needs exactly one of `inCluster`, `file`, `secret` and `argoSecret`, and has 2")]
    [InlineData("access: {secret: meridian/hk}", "access: {}", "and has 0")]
    [InlineData("access: {secret: meridian/hk}", "access: {inCluster: true}, fromArgoCD: {}",
        "`access` and `fromArgoCD` exclude each other")]
    [InlineData("cluster: hk, ingress: web/kokoro", "cluster: kh, ingress: web/kokoro",
        "there is no Cluster named `kh`")]
    [InlineData("cluster: hk, ingress: web/kokoro", "cluster: hk",
        "`from` needs exactly one of `ingress`, `service`, `gateway`, `httpRoute`, " +
        "`grpcRoute`, `tlsRoute`, `tcpRoute` and `select`")]
    [InlineData("cluster: hk, ingress: web/kokoro", "cluster: hk, ingress: web/kokoro, service: web/kokoro",
        "`from` needs exactly one of")]
    [InlineData("cluster: hk, ingress: web/kokoro", "cluster: hk, ingress: kokoro",
        "`kokoro` is not of the form namespace/name")]
    [InlineData("cluster: hk, ingress: web/kokoro", "cluster: hk, ingress: web/kokoro, static: [\"not a name\"]",
        "`not a name`")]
    [InlineData("{from:", "{value: 10.0.0.1, from:", "`value` and `from` exclude each other")]
    [InlineData("{from: {cluster: hk, ingress: web/kokoro}, port: 443}", "{value: 10.0.0.1}",
        "`weightFrom: ready` needs to know what is ready behind every address of pool `hk`")]
    [InlineData("{from: {cluster: hk, ingress: web/kokoro}, port: 443}", "{port: 443}",
        "an address needs a `value`, a `from` or a `tunnel`")]
    [InlineData("hostname: kokoro.example.org", "hostname: example.org",
        "set `flatten: true` on the pools of host names")]
    [InlineData("issuer: https://hk.example.com", "issuer: hk", "`hk` is not the URL of an issuer")]
    [InlineData("issuer: https://hk.example.com", "issuer: http://hk.example.com",
        "keys that come without TLS could be anybody's")]
    [InlineData("issuer: https://hk.example.com", "issuer: https://hk.example.com\n  audience: \"\"",
        "`audience` must not be empty")]
    [InlineData("issuer: https://hk.example.com", "issuer: https://hk.example.com\n  reviewedBy: vn",
        "there is no Cluster named `vn`")]
    [InlineData("subjects: [{namespace: external-dns, serviceAccount: \"*\"}]", "subjects: []",
        "AccessPolicy `hk` names no service account")]
    [InlineData("serviceAccount: \"*\"", "serviceAccount: \"ext*\"",
        "`ext*` is neither the name of a service account nor `*`")]
    [InlineData("zones: [example.org]", "zones: [example.com]", "`example.com` is outside every Zone")]
    [InlineData("endpoint: kokoro, clusters", "endpoint: kokkoro, clusters",
        "there is no GlobalEndpoint named `kokkoro`; did you mean `kokoro`?")]
    [InlineData("clusters: [hk]", "clusters: [vn]", "there is no Cluster named `vn`")]
    [InlineData("namespace: web, port", "namespace: web, service: 9lives, port",
        "`9lives` cannot be the name of a Service")]
    public void Says_what_is_wrong_and_where(string what, string instead, string fault)
    {
        Assert.Contains(what, Sound, StringComparison.Ordinal);
        var faults = ConfigurationReader.ReadText("f.yaml",
            Sound.Replace(what, instead, StringComparison.Ordinal)).Faults;
        Assert.Contains(faults, f => f.Message.Contains(fault, StringComparison.Ordinal) && f.Where.Line > 0);
    }
}
