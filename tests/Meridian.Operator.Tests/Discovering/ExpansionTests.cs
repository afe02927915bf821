using System.Collections.Immutable;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Operator.Discovering;

namespace Meridian.Operator.Tests.Discovering;

/// <summary>What clusters say, put into a configuration.</summary>
public sealed class ExpansionTests
{
    private static readonly string Base = TestYaml.Part("Zone", "z",
            "{origin: example.org, nameServers: [{name: ns.example.net}], records: [{name: www, "
            + "type: A, data: [10.0.0.80]}]}")
        + TestYaml.Part("Site", "hongkong", "{latitude: 22.3, longitude: 114.2}")
        + TestYaml.Part("Cluster", "hk", "{site: hongkong}")
        + TestYaml.Part("AddressPool", "hk",
            "{addresses: [{from: {cluster: hk, ingress: web/kokoro}, port: 443, weightFrom: ready}]}")
        + TestYaml.Part("AddressPool", "rest", "{addresses: [{value: 10.9.9.9}]}")
        + TestYaml.Document("GlobalEndpoint", "kokoro",
            "{hostname: kokoro.example.org, policy: Weighted, pools: [{pool: hk, weightFrom: ready}, "
            + "{pool: rest, weight: 3}]}");

    private static readonly ResourceSet Resources = Read(Base);

    [Fact]
    public void A_reference_becomes_the_addresses_of_its_load_balancer_and_readiness_its_weight()
    {
        var expanded = Expansion.Of(Resources, Says(Ingress("web/kokoro", 7, "10.1.0.1", "10.1.0.2"))).Resources;
        Assert.Equal(["10.1.0.1:443 x7 Ingress web/kokoro in cluster hk",
            "10.1.0.2:443 x7 Ingress web/kokoro in cluster hk"],
            expanded.Pools["hk"].Addresses.Select(a => $"{a.Value}:{a.Port} x{a.Weight} {a.Origin}"));
        // behind two addresses are the same seven
        Assert.Equal([7, 3], expanded.Endpoints.Single().Pools.Select(p => p.Weight));
        Assert.Equal("10.9.9.9", expanded.Pools["rest"].Addresses.Single().Value);
    }

    [Fact]
    public void A_reference_that_leads_nowhere_yet_is_an_empty_pool_and_no_fault()
    {
        Assert.Empty(Expansion.Of(Resources, Discovery.None).Resources.Pools["hk"].Addresses);
        Assert.Empty(Expansion.Of(Resources,
            Says(Ingress("web/other", 1, "10.1.0.1"))).Resources.Pools["hk"].Addresses);
    }

    [Fact]
    public void Host_names_and_addresses_together_are_resolved()
    {
        Assert.True(Expansion.Of(Resources,
            Says(Ingress("web/kokoro", 1, "10.1.0.1", "lb.example.net"))).Resources.Pools["hk"].Flatten);
        Assert.False(Expansion.Of(Resources,
            Says(Ingress("web/kokoro", 1, "lb.example.net"))).Resources.Pools["hk"].Flatten);
    }

    [Fact]
    public void Annotated_objects_make_an_endpoint_and_join_one()
    {
        var joined = Expansion.Of(Resources, Says(
            Ingress("shop/cart", 4, "10.2.0.1") with
            {
                Port = 443,
                Annotations = Notes(("endpoint", "cart.example.org"), ("policy", "Weighted"), ("weight", "ready"),
                    ("ttl", "30s")),
            },
            Ingress("web/more", 1, "10.2.0.2") with
            {
                Annotations = Notes(("endpoint", "kokoro.example.org"),
                ("weight", "5"), ("site", "hongkong"))
            },
            Ingress("web/nat", 1, "192.168.0.1") with
            {
                Annotations = Notes(("endpoint", "nat.example.org"),
                ("addresses", "203.0.113.1, 203.0.113.2"))
            }));
        Assert.Empty(joined.Refused);
        var cart = joined.Resources.Endpoints.Single(e => e.Hostname == "cart.example.org");
        Assert.Equal((EndpointPolicy.Weighted, TimeSpan.FromSeconds(30), "hk.ingress.shop.cart", 4),
            (cart.Policy, cart.Ttl, cart.Pools.Single().Pool, cart.Pools.Single().Weight));
        var pool = joined.Resources.Pools["hk.ingress.shop.cart"];
        Assert.Equal(("hongkong", "joined-tcp-443"), (pool.Site, pool.HealthCheck));
        Assert.Equal(443, joined.Resources.HealthChecks["joined-tcp-443"].Tcp!.Port);
        Assert.Equal(["hk", "rest", "hk.ingress.web.more"],
            joined.Resources.Endpoints.Single(e => e.Name == "kokoro").Pools.Select(p => p.Pool));
        Assert.Equal(["203.0.113.1", "203.0.113.2"],
            joined.Resources.Pools["hk.ingress.web.nat"].Addresses.Select(a => a.Value));
    }

    [Fact]
    public void What_cannot_join_is_refused_alone_and_says_why()
    {
        var joined = Expansion.Of(Resources, Says(
            Ingress("a/outside", 1, "10.2.0.1") with { Annotations = Notes(("endpoint", "a.example.net")) },
            Ingress("a/taken", 1, "10.2.0.1") with { Annotations = Notes(("endpoint", "www.example.org")) },
            Ingress("a/nonsense", 1, "10.2.0.1") with { Annotations = Notes(("endpoint", "a..example.org")) },
            Ingress("a/nowhere", 1, "10.2.0.1") with
            {
                Annotations = Notes(("endpoint", "b.example.org"),
                ("site", "atlantis"))
            },
            Ingress("a/odd", 1, "10.2.0.1") with
            {
                Annotations = Notes(("endpoint", "e.example.org"), ("weight", "ten"), ("colour", "blue"))
            },
            Ingress("a/early", 1) with { Annotations = Notes(("endpoint", "c.example.org")) },
            Ingress("a/good", 1, "10.2.0.1") with { Annotations = Notes(("endpoint", "d.example.org")) }));
        Assert.Equal(
        [
            "Ingress a/early in cluster hk for c.example.org: it has no addresses yet",
            "Ingress a/nonsense in cluster hk for a..example.org: `a..example.org` is no host name",
            "Ingress a/nowhere in cluster hk for b.example.org: there is no Site named `atlantis`",
            "Ingress a/odd in cluster hk for e.example.org: there is no `colour`; "
                + "field `weight` wants a whole number, and this is `ten`",
            "Ingress a/outside in cluster hk for a.example.net: "
                + "`a.example.net` is outside every zone; there are example.org",
            "Ingress a/taken in cluster hk for www.example.org: "
                + "`www.example.org` is owned twice: Zone `z` has a A record there (test.yaml:4:78)",
        ], joined.Refused.Select(r => $"{r.Key}: {r.Value}").Order(StringComparer.Ordinal));
        Assert.Contains(joined.Resources.Endpoints, e => e.Hostname == "d.example.org");
    }

    [Fact]
    public void The_Services_behind_the_host_name_of_the_endpoint_count()
    {
        var says = Says(Ingress("web/kokoro", 9, "10.1.0.1") with
        {
            Annotations = Notes(("endpoint", "joined.example.org"), ("weight", "ready")),
            Backends = [new Backend("web/k", "kokoro.example.org", Ready: 2), new Backend("web/j", Ready: 7)],
        });
        var joined = Expansion.Of(Resources, says).Resources;
        var address = joined.Pools["hk"].Addresses.Single();
        Assert.Equal(("kokoro.example.org", 2), (address.From!.Host, address.Weight));
        var made = joined.Endpoints.Single(e => e.Hostname == "joined.example.org").Pools.Single();
        Assert.Equal(7, made.Weight);
        Assert.Equal("joined.example.org", joined.Pools[made.Pool].Addresses.Single().From!.Host);
    }

    [Fact]
    public void A_cluster_whose_annotations_are_not_wanted_joins_nothing()
    {
        var says = Says(Ingress("shop/cart", 1,
            "10.2.0.1") with
        { Annotations = Notes(("endpoint", "cart.example.org")) });
        says = new Discovery(says.Clusters.SetItem("hk", says.Clusters["hk"] with { Annotations = false }));
        Assert.Single(Expansion.Of(Resources, says).Resources.Endpoints);
    }

    [Fact]
    public void What_was_made_is_a_sound_configuration()
    {
        var joined = Expansion.Of(Resources,
            Says(Ingress("shop/cart", 0,
                "10.2.0.1") with
            { Annotations = Notes(("endpoint", "*.cart.example.org, cart.example.org")) }));
        Assert.Empty(joined.Refused);
        Assert.Equal(["*.cart.example.org", "cart.example.org", "kokoro.example.org"],
            joined.Resources.Endpoints.Select(e => e.Hostname).Order(StringComparer.Ordinal));
        Assert.All(joined.Resources.Endpoints,
            e => Assert.All(e.Pools, p => Assert.True(joined.Resources.Pools.ContainsKey(p.Pool))));
    }

    private static ResourceSet Read(string text)
    {
        var configuration = ConfigurationReader.ReadText("test.yaml", text);
        Assert.Empty(configuration.Faults);
        return configuration.Resources;
    }

    private static DiscoveredObject Ingress(string name, int ready, params string[] addresses) =>
        new() { Reference = new ClusterReference("hk", "Ingress", name), Addresses = [.. addresses], Ready = ready };

    private static Discovery Says(params DiscoveredObject[] objects) =>
        new(ImmutableDictionary<string, DiscoveredCluster>.Empty.Add("hk", new DiscoveredCluster
        {
            Name = "hk",
            Site = "hongkong",
            Annotations = true,
            Synced = true,
            Objects = objects.ToImmutableDictionary(o => o.Reference),
        }));

    private static ImmutableDictionary<string, string> Notes(params (string Name, string Value)[] notes) =>
        notes.ToImmutableDictionary(n => n.Name, n => n.Value);
}
