using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Steering.Tests;

public sealed class GatewayFrontsTests
{
    private static readonly ResourceSet Resources = Read(TestYaml.Zone
        + TestYaml.Part("Site", "hanoi", "{latitude: 21, longitude: 105}")
        + TestYaml.Part("Site", "tokyo", "{latitude: 35, longitude: 139}")
        + TestYaml.Part("Node", "tokyo-1", "{site: tokyo, addresses: [192.0.2.7, \"2001:db8::7\"]}")
        + TestYaml.Part("Node", "hanoi-1", "{site: hanoi, addresses: [192.0.2.8], scheme: http, port: 8080}")
        + TestYaml.Part("TunnelAgent", "lab", "{publishes: [llm]}")
        + TestYaml.Part("AddressPool", "lab", "{site: hanoi, addresses: [{tunnel: {agent: lab, service: llm}}]}")
        + TestYaml.Part("AddressPool", "cloud", "{site: tokyo, addresses: [{value: 203.0.113.1}]}")
        + TestYaml.Document("GlobalEndpoint", "llm",
            "{hostname: llm.example.org, policy: Nearest, pools: [{pool: lab, weight: 7}, "
            + "{pool: cloud}], gateway: {}}"));

    [Fact]
    public void Clients_get_the_gateways_and_the_pool_stands_behind_them()
    {
        var fronted = GatewayFronts.Of(Resources);
        var endpoint = fronted.Endpoints.Single();
        Assert.Equal(["lab via gateways", "cloud"], endpoint.Pools.Select(p => p.Pool));
        Assert.Equal(["lab", "cloud"], endpoint.Gateway!.Pools.Select(p => p.Pool));
        Assert.Equal(7, endpoint.Pools[0].Weight);

        var front = fronted.Pools["lab via gateways"];
        Assert.Equal((PoolPolicy.Nearest, "hanoi"), (front.Policy, front.Site));
        Assert.Equal(new CountOrPercent(1, false), front.MinHealthy);
        Assert.Equal([("192.0.2.8", "hanoi", 8080), ("192.0.2.7", "tokyo", 443), ("2001:db8::7", "tokyo", 443)],
            front.Addresses.Select(a => (a.Value, a.Site!, a.Port!.Value)));
        Assert.Equal("lab", GatewayFronts.NameOf(front.Name));
        Assert.Equal("a-pool-of-people", GatewayFronts.NameOf("a-pool-of-people"));

        var check = fronted.HealthChecks[front.Addresses[0].Front!.HealthCheck].Http!;
        Assert.Equal((HttpScheme.Http, "/.well-known/meridian/pools/lab"), (check.Scheme, check.Path));
        Assert.Equal(HttpScheme.Https, fronted.HealthChecks[front.Addresses[1].Front!.HealthCheck].Http!.Scheme);
    }

    [Fact]
    public void The_gateways_are_in_where_any_tunnel_of_the_pool_is()
    {
        var mixed = new ResourceSet([.. Resources.All.Select(r => r is AddressPool { Name: "lab" } pool
            ? pool with { Addresses = [pool.Addresses[0] with { Enabled = false }, pool.Addresses[0]] } : r)]);
        Assert.All(GatewayFronts.Of(mixed).Pools["lab via gateways"].Addresses, a => Assert.True(a.Enabled));
        var none = new ResourceSet([.. Resources.All.Select(r => r is AddressPool { Name: "lab" } pool
            ? pool with { Addresses = [pool.Addresses[0] with { Enabled = false }] } : r)]);
        Assert.All(GatewayFronts.Of(none).Pools["lab via gateways"].Addresses, a => Assert.False(a.Enabled));
    }

    [Fact]
    public void What_has_no_tunnels_stays_as_it_is()
    {
        var both = GatewayFronts.Of(new ResourceSet([.. Resources.All, .. Read(TestYaml.Zone
            + TestYaml.Part("AddressPool", "web", "{addresses: [{value: 203.0.113.2}]}")
            + TestYaml.Document("GlobalEndpoint", "web",
                "{hostname: web.example.org, pools: [{pool: web}], gateway: {}}")).All
            .Where(r => r is GlobalEndpoint or AddressPool)]));
        Assert.Empty(both.Endpoints.Single(e => e.Name == "web").Gateway!.Pools);

        var plain = new ResourceSet([.. Resources.All.Where(r => r is not GlobalEndpoint)]);
        Assert.Same(plain, GatewayFronts.Of(plain));
    }

    private static ResourceSet Read(string text)
    {
        var read = ConfigurationReader.ReadText("test.yaml", text);
        Assert.Empty(read.Faults);
        return read.Resources;
    }
}
