namespace Meridian.Model.Tests.Validation;

/// <summary>Kinds with few rules: Site, Node, TsigKey, Cluster, ExportedService.</summary>
public sealed class SmallKindsRulesTests
{
    [Theory]
    [InlineData("Site", "{latitude: -90, longitude: -180, country: VN}")]
    [InlineData("Site", "{latitude: 90, longitude: 180}")]
    [InlineData("Node", "{site: hanoi, addresses: [192.0.2.1, 192.0.2.2, \"2001:db8::1\"], port: 1}")]
    [InlineData("Node", "{site: hanoi, addresses: [192.0.2.1], port: 65535, scheme: http}")]
    [InlineData("TsigKey", "{secret: c2VjcmV0, algorithm: hmac-sha512, keyName: a.example.net.}")]
    [InlineData("TsigKey", "{secretFile: key.txt, algorithm: hmac-sha384}")]
    [InlineData("Cluster", "{site: hanoi}")]
    [InlineData("Cluster", "{access: {inCluster: true}}")]
    [InlineData("Cluster", "{access: {file: a}}")]
    [InlineData("Cluster", "{access: {secret: a/b}}")]
    [InlineData("Cluster", "{access: {argoSecret: a/b}}")]
    [InlineData("Cluster", "{fromArgoCD: {}}")]
    [InlineData("ExportedService", "{endpoint: first, namespace: web, port: 1}")]
    [InlineData("ExportedService", "{endpoint: first, namespace: web, service: taken, port: " +
        "65535}")] // in its own cluster
    [InlineData("ExportedService", "{endpoint: first, clusters: [hk], namespace: other, service: taken, port: 80}")]
    public void A_sound_one(string kind, string spec) => RuleCheck.IsSound(kind, spec);

    [Theory]
    [InlineData("Site", "{latitude: 90.1, longitude: 0}", "90.1", "field `latitude` is 90.1 and must be between -90 " +
        "and 90")]
    [InlineData("Site", "{latitude: -90.1, longitude: 0}", "-90.1", "field `latitude` is -90.1 and must be between " +
        "-90 and 90")]
    [InlineData("Site", "{latitude: 0, longitude: 180.1}", "180.1",
        "field `longitude` is 180.1 and must be between -180 and 180")]
    [InlineData("Site", "{latitude: 0, longitude: 0, country: V}", "V",
        "`V` is not a country code: two capital letters, such as VN")]
    [InlineData("Site", "{latitude: 0, longitude: 0, country: vn}", "vn",
        "`vn` is not a country code: two capital letters, such as VN")]
    [InlineData("Node", "{site: hue, addresses: [192.0.2.1]}", "hue", "there is no Site named `hue`")]
    [InlineData("Node", "{site: hanoi, addresses: []}", "[]", "node `x` has no addresses: no client could be sent to " +
        "it")]
    [InlineData("Node", "{site: hanoi, addresses: [192.0.2.1, a.example.net]}", "a.example.net",
        "`a.example.net` is not an IP address")]
    [InlineData("Node", "{site: hanoi, addresses: [\"::ffff:192.0.2.1\"]}", "\"::ffff",
        "`::ffff:192.0.2.1`: write it as 192.0.2.1")]
    [InlineData("Node", "{site: hanoi, addresses: [\"2001:db8::1\", \"2001:db8:0::1\"]}", "\"2001:db8:0",
        "`2001:db8:0::1` is given twice")]
    [InlineData("Node", "{site: hanoi, addresses: [192.0.2.1], port: 0}", "0",
        "field `port` is 0 and must be between 1 and 65535")]
    [InlineData("TsigKey", "{secret: c2VjcmV0, algorithm: hmac-sha1}", "hmac-sha1",
        "`hmac-sha1` is not an algorithm; there are hmac-sha256, hmac-sha384, hmac-sha512; did you mean " +
        "`hmac-sha512`?")]
    [InlineData("TsigKey", "{secret: c2VjcmV0, keyName: a..b}", "a..b",
        "`a..b`: the name has an empty label (two dots in a row, or one at the start)")]
    [InlineData("TsigKey", "{}", "apiVersion", "give either `secret` or `secretFile`")]
    [InlineData("TsigKey", "{secret: c2VjcmV0, secretFile: a}", "c2VjcmV0", "give either `secret` or `secretFile`")]
    [InlineData("TsigKey", "{secret: \"?\"}", "\"?\"", "`secret` is not base64")]
    [InlineData("TsigKey", "{secret: \"\"}", "\"\"", "`secret` is not base64")]
    [InlineData("TsigKey", "{secret: c2VjcmV0, keyName: KEY}", "KEY", "another TsigKey has the name `KEY` on the wire")]
    [InlineData("Cluster", "{site: hue}", "hue", "there is no Site named `hue`")]
    [InlineData("Cluster", "{access: {inCluster: true}, fromArgoCD: {}}", "{}",
        "`access` and `fromArgoCD` exclude each other: a Cluster is one cluster, or all that Argo CD knows")]
    [InlineData("Cluster", "{access: {}}", "{}",
        "`access` needs exactly one of `inCluster`, `file`, `secret` and `argoSecret`, and has 0")]
    [InlineData("Cluster", "{access: {inCluster: true, file: a}}", "{inCluster",
        "`access` needs exactly one of `inCluster`, `file`, `secret` and `argoSecret`, and has 2")]
    [InlineData("Cluster", "{access: {file: a, secret: a/b, argoSecret: a/b}}", "{file",
        "`access` needs exactly one of `inCluster`, `file`, `secret` and `argoSecret`, and has 3")]
    [InlineData("Cluster", "{access: {secret: a}}", "a}", "`a` is not of the form namespace/name")]
    [InlineData("Cluster", "{access: {argoSecret: a/}}", "a/", "`a/` is not of the form namespace/name")]
    [InlineData("Cluster", "{access: {argoSecret: /b}}", "/b", "`/b` is not of the form namespace/name")]
    [InlineData("ExportedService", "{endpoint: last, namespace: web, port: 80}", "last",
        "there is no GlobalEndpoint named `last`")]
    [InlineData("ExportedService", "{endpoint: first, clusters: [hk, kk], namespace: web, port: 80}", "kk",
        "there is no Cluster named `kk`; did you mean `hk`?")]
    [InlineData("ExportedService", "{endpoint: first, namespace: Web, port: 80}", "Web", "`Web` is not a namespace")]
    [InlineData("ExportedService", "{endpoint: first, namespace: web, service: a.b, port: 80}", "a.b",
        "`a.b` cannot be the name of a Service: at most 63 lower-case letters, digits and `-`, a letter first")]
    [InlineData("ExportedService", "{endpoint: first, namespace: web, service: 1a, port: 80}", "1a",
        "`1a` cannot be the name of a Service: at most 63 lower-case letters, digits and `-`, a letter first")]
    [InlineData("ExportedService", "{endpoint: first, namespace: web, service: aA, port: 80}", "aA",
        "`aA` cannot be the name of a Service: at most 63 lower-case letters, digits and `-`, a letter first")]
    [InlineData("ExportedService", "{endpoint: first, namespace: web, port: 0}", "0",
        "field `port` is 0 and must be between 1 and 65535")]
    public void A_fault(string kind, string spec, string at, string message) =>
        RuleCheck.HasFault(kind, spec, at, message);

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void The_name_of_a_Service_has_at_most_63_characters(int length, bool sound)
    {
        var name = new string('a', length);
        var spec = $"{{endpoint: first, namespace: web, service: {name}, port: 80}}";
        if (sound)
            RuleCheck.IsSound("ExportedService", spec);
        else
            RuleCheck.HasFault("ExportedService", spec, name, $"`{name}` cannot be the name of a Service: " +
                "at most 63 lower-case letters, digits and `-`, a letter first");
    }

    [Fact]
    public void Two_ExportedServices_cannot_be_one_Service_in_one_cluster()
    {
        var text = TestYaml.Zone
            + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 10.0.0.1}]}")
            + TestYaml.Part("GlobalEndpoint", "e", "{hostname: e.example.org, policy: Failover, pools: [{pool: p}]}")
            + TestYaml.Part("Cluster", "hk", "{}")
            + TestYaml.Part("Cluster", "vn", "{}")
            + TestYaml.Part("ExportedService", "a",
                "{endpoint: e, namespace: web, service: s, port: 80, clusters: FIRST}")
            + TestYaml.Document("ExportedService", "s", "{endpoint: e, namespace: web, port: 80, clusters: SECOND}");

        Assert.Empty(Faults("[hk]", "[vn]"));
        Assert.Empty(Faults("[]", "[vn]"));
        string[] both = ["Service `web/s` is already that of ExportedService `a`",
            "Service `web/s` is already that of ExportedService `s`"];
        Assert.Equal(both, Faults("[hk]", "[vn, hk]"));
        Assert.Equal(both, Faults("[]", "[]"));

        IEnumerable<string> Faults(string first, string second) => ConfigurationReader.ReadText("f.yaml",
            text.Replace("FIRST", first, StringComparison.Ordinal).Replace("SECOND", second, StringComparison.Ordinal))
            .Faults.Select(f => f.Message).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_cluster_that_only_Argo_CD_knows_may_be_named() =>
        Assert.NotNull(TestYaml.Read(TestYaml.Part("Cluster", "hk", "{}")
            + TestYaml.Part("Cluster", "all", "{fromArgoCD: {}}")
            + TestYaml.Document("AddressPool", "p", "{addresses: [{from: {cluster: anything, ingress: web/app}}]}")));
}
