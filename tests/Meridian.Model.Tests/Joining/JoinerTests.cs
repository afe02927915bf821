using Meridian.Model.Joining;
using Meridian.Model.Naming;
using Meridian.Model.Resources;

namespace Meridian.Model.Tests.Joining;

/// <summary>Which contributions become pools, and why others are refused alone.</summary>
public sealed class JoinerTests
{
    private static readonly ResourceSet Resources = ConfigurationReader.ReadText("f.yaml", """
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z}
        spec:
          origin: example.org
          nameServers: [{name: ns1.example.org, addresses: [192.0.2.53]}]
          records:
            - {name: www, type: A, data: [192.0.2.80]}
            - {name: text, type: TXT, data: [hello]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: inner}
        spec:
          origin: inner.example.org
          nameServers: [{name: ns.example.net}]
          records: [{name: taken, type: AAAA, data: ["2001:db8::1"]}]
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: Site
        metadata: {name: hanoi}
        spec: {latitude: 21, longitude: 105}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: HealthCheck
        metadata: {name: web}
        spec: {tcp: {port: 80}}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: own}
        spec: {site: hanoi, addresses: [{value: 10.0.0.1}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: app}
        spec: {hostname: app.example.org, policy: Failover, backupAnswer: true, pools: [{pool: own}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: near}
        spec: {hostname: near.example.org, policy: Nearest, pools: [{pool: own}]}
        """).Resources;

    [Theory]
    [InlineData("ns1.example.org", "`ns1.example.org` is owned twice: it is a name server of Zone `z`")]
    [InlineData("WWW.example.org.", "`www.example.org` is owned twice: Zone `z` has a A record there (f.yaml:8:7)")]
    [InlineData("taken.inner.example.org",
        "`taken.inner.example.org` is owned twice: Zone `inner` has a AAAA record there (f.yaml:17:13)")]
    [InlineData("a.example.net",
        "`a.example.net` is outside every zone; there are example.org, inner.example.org")]
    [InlineData("a..example.org", "`a..example.org` is no host name")]
    public void A_name_that_cannot_be_steered_is_refused(string hostname, string reason)
    {
        var joined = Joiner.Join(Resources,
            [Offer("a", hostname, "10.0.0.2"), Offer("b", "free.example.org", "10.0.0.3")]);

        Assert.Equal(reason, Assert.Single(joined.Refused).Value);
        Assert.Contains(joined.Resources.Endpoints, e => e.Hostname == "free.example.org");
        Assert.Empty(EndpointNames.Check(joined.Resources));
    }

    public static TheoryData<Contribution, string> Faulty => new()
    {
        { Offer("a", "x.example.org"), "it has no addresses yet" },
        { Offer("a", "x.example.org", "10.0.0.2") with { Site = "hue" }, "there is no Site named `hue`" },
        {
            Offer("a", "x.example.org", "10.0.0.2") with { HealthCheck = "wep" },
            "there is no HealthCheck named `wep`"
        },
        {
            Offer("a", "x.example.org", "10.0.0.2") with { Policy = EndpointPolicy.SourceMap },
            "policy SourceMap needs a GlobalEndpoint that names the map"
        },
        {
            Offer("a", "x.example.org", "10.0.0.2") with { Policy = EndpointPolicy.LeastLoad },
            "policy LeastLoad needs a GlobalEndpoint whose pools have a load signal"
        },
        {
            Offer("a", "x.example.org", "10.0.0.2") with { HealthPath = "health" },
            "the health path `health` must begin with a slash and hold only printable ASCII without spaces"
        },
        {
            Offer("a", "x.example.org", "10.0.0.2") with { HealthPath = "/a b" },
            "the health path `/a b` must begin with a slash and hold only printable ASCII without spaces"
        },
        { Offer("a", "x.example.org", "10.0.0.2", "not a name"),
            "`not a name` is neither an IP address nor a host name" },
        { Offer("a", "x.example.org", "10.0.0.2") with { Pool = "own" },
            "there is already an AddressPool named `own`" },
        { Offer("a", "x.example.org", "10.0.0.2") with { Port = 0 }, "port 0 is not between 1 and 65535" },
        { Offer("a", "x.example.org", "10.0.0.2") with { Port = 65536 }, "port 65536 is not between 1 and 65535" },
        { Offer("a", "x.example.org", "10.0.0.2") with { Weight = 1_000_001 },
            "weight 1000001 is not between 0 and 1000000" },
        { Offer("a", "near.example.org", "10.0.0.2"),
            "policy Nearest of `near.example.org` needs to know where it is; give it a site" },
    };

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void A_faulty_contribution_is_refused_alone(Contribution faulty, string reason)
    {
        var good = Offer("b", faulty.Hostname, "10.0.0.3") with { Site = "hanoi" };

        var joined = Joiner.Join(Resources, [faulty, good]);

        Assert.Equal(reason, Assert.Single(joined.Refused).Value);
        var endpoint = joined.Resources.Endpoints.Single(e => e.Hostname == faulty.Hostname);
        Assert.Contains(good.Pool, endpoint.Pools.Select(p => p.Pool));
        Assert.DoesNotContain(faulty.Pool, endpoint.Pools.Select(p => p.Pool).Where(p => p != "own"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65535)]
    public void Ports_are_taken_up_to_both_bounds(int port) =>
        Assert.Empty(Joiner.Join(Resources, [Offer("a", "x.example.org", "10.0.0.2") with { Port = port }]).Refused);

    [Fact]
    public void No_name_gets_more_pools_than_an_endpoint_may_have()
    {
        Contribution[] offers =
        [
            .. Enumerable.Range(0, 300).Select(i => Offer($"c{i:000}", "app.example.org", $"10.1.{i / 256}.{i % 256}")),
            .. Enumerable.Range(0, 300).Select(i => Offer($"d{i:000}", "new.example.org", $"10.2.{i / 256}.{i % 256}")),
        ];

        var joined = Joiner.Join(Resources, offers);

        Assert.Equal(GlobalEndpoint.MaxPools, Endpoint("app").Pools.Length);
        Assert.Equal(GlobalEndpoint.MaxPools, Endpoint("joined.new.example.org").Pools.Length);
        Assert.Equal("`app.example.org` has 256 pools already, and that is the most", joined.Refused["c255"]);
        Assert.False(joined.Refused.ContainsKey("c254"));
        Assert.Equal("`new.example.org` has 256 pools already, and that is the most", joined.Refused["d256"]);

        GlobalEndpoint Endpoint(string name) => joined.Resources.Endpoints.Single(e => e.Name == name);
    }

    [Theory]
    [InlineData("new.example.org", false)] // alone at its name: a CNAME
    [InlineData("text.example.org", true)] // a CNAME cannot stand beside the TXT record
    [InlineData("example.org", true)] // nor at the origin
    [InlineData("app.example.org", true)] // nor beside the backup answer
    public void A_host_name_is_resolved_where_a_CNAME_cannot_stand(string hostname, bool flatten)
    {
        var joined = Joiner.Join(Resources, [Offer("a", hostname, "lb.example.net")]);

        Assert.Empty(joined.Refused);
        Assert.Equal(flatten, joined.Resources.Pools["a"].Flatten);
        Assert.Empty(EndpointNames.Check(joined.Resources));
    }

    private static Contribution Offer(string source, string hostname, params string[] addresses) => new()
    {
        Source = source,
        Hostname = hostname,
        Pool = source,
        Addresses = [.. addresses.Select(a => new PoolAddress { Value = a })],
    };
}
