using Meridian.Model.Validation;

namespace Meridian.Model.Tests.Validation;

public sealed class FollyTests
{
    [Theory]
    [InlineData("{addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]}", true)]
    [InlineData("{addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}], healthCheck: c}", false)]
    [InlineData("{addresses: [{value: 10.0.0.1}]}", false)]
    [InlineData("{addresses: [{value: 10.0.0.1}, {from: {cluster: hk, service: web/app}}]}", false)]
    public void A_pool_of_several_without_a_health_check_is_warned_of(string pool, bool warned) =>
        Assert.Equal(warned ? ["pool `p` has no `healthCheck`"] : [], Warnings(TestYaml.Part("AddressPool", "p", pool)
            + TestYaml.Part("HealthCheck", "c", "{ping: {}}") + TestYaml.Part("Cluster", "hk", "{}")));

    [Theory]
    [InlineData("{pool: p}, {pool: q}", "pool `p` has no `healthCheck`", "pool `q` has no `healthCheck`")]
    [InlineData("{pool: p}")]
    public void A_pool_beside_others_is_warned_of_however_few_addresses_it_has(
        string pools, params string[] warnings) => Assert.Equal(warnings, Warnings(TestYaml.Zone
            + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 10.0.0.1}]}")
            + TestYaml.Part("AddressPool", "q", "{addresses: [{value: 10.0.0.2}]}")
            + TestYaml.Part("GlobalEndpoint", "e",
                $"{{hostname: e.example.org, policy: Failover, pools: [{pools}]}}")));

    [Theory]
    [InlineData("healthCheck: c, ", 1)]
    [InlineData("", 0)]
    public void A_long_TTL_is_warned_of_only_where_something_can_go_down(string check, int warnings) =>
        Assert.Equal(warnings, Warnings(TestYaml.Zone + TestYaml.Part("HealthCheck", "c", "{ping: {}}")
            + TestYaml.Part("AddressPool", "p", $"{{{check}addresses: [{{value: 10.0.0.1}}, {{value: 10.0.0.2}}]}}")
            + TestYaml.Part("GlobalEndpoint", "e",
                "{hostname: e.example.org, policy: Failover, ttl: 2h, pools: [{pool: p}]}"))
            .Count(w => w.StartsWith("endpoint", StringComparison.Ordinal)));

    [Theory]
    [InlineData("{ping: {}}", null)]
    [InlineData("{ping: {}, interval: 1h}", "health check `c` takes 1h250ms to find")]
    [InlineData("{ping: {}, interval: 2m, confirmInterval: 1m, unhealthyThreshold: 50}", "health check `c` takes 51m")]
    [InlineData("{ping: {}, interval: 5s, timeout: 5s}", null)]
    [InlineData("{ping: {}, interval: 1s, timeout: 5s}", "health check `c` waits longer for an answer")]
    public void A_check_that_finds_out_too_late_is_warned_of(string check, string? warning)
    {
        var found = Folly.Of(TestYaml.Read(TestYaml.Part("HealthCheck", "c", check))).ToArray();

        Assert.Equal(warning is null ? 0 : 1, found.Length);
        Assert.All(found, f => Assert.StartsWith(warning!, f.Message));
        Assert.All(found, f => Assert.True(f.IsWarning));
    }

    [Theory]
    [InlineData("interval: 3m", "ttl: 30s", "health check `c` takes 3m250ms to find that an address is down")]
    [InlineData("interval: 3m", "ttl: 5m", null)]
    [InlineData("interval: 1m", "ttl: 1s", null)]
    [InlineData("interval: 9m, confirmInterval: 1m, healthyThreshold: 9", "ttl: 1h",
        "health check `c` takes 17m to find that an address is up again")]
    [InlineData("interval: 5s", "ttl: 2h", "endpoint `e` has a `ttl` of 2h")]
    [InlineData("interval: 5s", "ttl: 1h", null)]
    [InlineData("interval: 5s", "recovery: {ramp: 2h}",
        "endpoint `e` gives a pool that has come back its full share only after 2h")]
    [InlineData("interval: 5s", "recovery: {ramp: 1h}", null)]
    public void Times_that_do_not_go_together_are_warned_of(string check, string endpoint, string? warning)
    {
        var found = Folly.Of(TestYaml.Read(TestYaml.Part("HealthCheck", "c", $"{{ping: {{}}, {check}}}")
            + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}], healthCheck: c}")
            + TestYaml.Part("Zone", "z", "{origin: example.org, nameServers: [{name: ns.example.net}]}")
            + TestYaml.Part("GlobalEndpoint", "e",
                $"{{hostname: e.example.org, policy: Failover, pools: [{{pool: p}}], {endpoint}}}"))).ToArray();

        Assert.Equal(warning is null ? 0 : 1, found.Length);
        Assert.All(found, f => Assert.StartsWith(warning!, f.Message));
    }

    [Theory]
    [InlineData("{pool: one}", false)] // nothing could take its place
    [InlineData("{pool: a}, {pool: b}", false)]
    [InlineData("{pool: one}, {pool: a}", true)]
    public void A_pool_of_one_without_a_health_check_is_warned_of_where_another_pool_could_take_its_place(string pools,
        bool warned) => Assert.Equal(warned ? ["pool `one` has no `healthCheck`"] : [], Warnings(
            Part("one", "addresses: [{value: 10.0.0.1}]") + Part("a", "healthCheck: c, addresses: [{value: 10.0.0.2}]")
            + Part("b", "healthCheck: c, addresses: [{value: 10.0.0.3}]") + Endpoint("ttl: 30s", pools)));

    [Theory]
    [InlineData("jwksFile: /hk.json", "reviewedBy: hk", "external-dns", "AccessPolicy `b` proves tokens by asking the "
        + "cluster `hk`, and `a` by the keys in /hk.json: where both are one cluster, a token of an account that both "
        + "name is proved by both, and refused")]
    [InlineData("reviewedBy: hk", "", "'*'", "AccessPolicy `b` proves tokens by the keys of its issuer, and `a` by "
        + "asking the cluster `hk`: where both are one cluster, a token of an account that both name is proved by "
        + "both, and refused")]
    [InlineData("jwksFile: /hk.json", "reviewedBy: hk", "viewer", null)]
    [InlineData("jwksFile: /hk.json", "jwksFile: /vn.json", "external-dns", null)] // the keys tell them apart
    [InlineData("reviewedBy: hk", "reviewedBy: vn", "external-dns", null)]
    [InlineData("jwksFile: /hk.json", "reviewedBy: hk, audience: other", "external-dns", null)]
    public void Two_ways_to_prove_one_token_are_warned_of(string one, string other, string account, string? warning)
    {
        var found = Folly.Of(TestYaml.Read(TestYaml.Part("Cluster", "hk", "{}") + TestYaml.Part("Cluster", "vn", "{}")
            + Policy("a", one, "external-dns") + Policy("b", other, account))).Select(f => f.Message);

        Assert.Equal(warning is null ? [] : [warning], found);

        static string Policy(string name, string way, string account) => TestYaml.Part("AccessPolicy", name,
            "{issuer: https://kubernetes.default.svc, subjects: [{namespace: dns, serviceAccount: "
                + $"{account}}}], api: none, {way}}}");
    }

    [Fact]
    public void A_slow_check_is_warned_of_only_where_an_endpoint_with_a_short_ttl_uses_it() => Assert.Empty(Warnings(
        Part("a", "healthCheck: c, addresses: [{value: 10.0.0.2}]") + Endpoint("ttl: 1s", "{pool: a}")
        + TestYaml.Part("HealthCheck", "slow", "{ping: {}, interval: 3m}")));

    [Fact]
    public void A_long_ttl_is_warned_of_where_the_addresses_of_any_pool_may_go_down() => Assert.Equal(
        ["endpoint `e` has a `ttl` of 2h"],
        Warnings(Part("a", "healthCheck: c, addresses: [{value: 10.0.0.2}]")
            + Part("b", "addresses: [{value: 10.0.0.3}]") + Endpoint("ttl: 2h", "{pool: a}, {pool: b}"))
            .Where(w => w.StartsWith("endpoint", StringComparison.Ordinal)));

    [Fact]
    public void What_a_cluster_knows_of_its_addresses_is_a_health_check_of_its_own() => Assert.Empty(Warnings(
        TestYaml.Part("Cluster", "hk", "{}")
        + Part("a", "addresses: [{from: {cluster: hk, service: web/app}}, {from: {cluster: hk, service: web/b}}]")));

    private static string Part(string pool, string spec) => TestYaml.Part("AddressPool", pool, $"{{{spec}}}");

    private static string Endpoint(string spec, string pools) => TestYaml.Part("HealthCheck", "c", "{ping: {}}")
        + TestYaml.Part("Zone", "z", "{origin: example.org, nameServers: [{name: ns.example.net}]}")
        + TestYaml.Part("GlobalEndpoint", "e",
            $"{{hostname: e.example.org, policy: Failover, pools: [{pools}], {spec}}}");

    private static string[] Warnings(string yaml) =>
        [.. Folly.Of(TestYaml.Read(yaml)).Select(f => f.Message.Split(':')[0])];
}
