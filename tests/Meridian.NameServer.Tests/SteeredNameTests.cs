using Meridian.Dns.Wire;

namespace Meridian.NameServer.Tests;

public sealed class SteeredNameTests
{
    private static readonly string Configuration = TestYaml.Part("Zone", "z",
            "{origin: example.org, nameServers: [{name: ns.example.net}], records: [{name: www, "
            + "type: A, data: [10.0.0.80]}, {name: near, type: TXT, data: [hello]}]}")
        + TestYaml.Part("Site", "hanoi", "{latitude: 21.03, longitude: 105.85}")
        + TestYaml.Part("Site", "frankfurt", "{latitude: 50.11, longitude: 8.68}")
        + TestYaml.Part("HealthCheck", "c", "{ping: {}}")
        + TestYaml.Part("AddressPool", "vn",
            "{site: hanoi, healthCheck: c, addresses: [{value: 10.0.0.1}, {value: \"2001:db8::1\"}]}")
        + TestYaml.Part("AddressPool", "de", "{site: frankfurt, healthCheck: c, addresses: [{value: 10.0.0.2}]}")
        + TestYaml.Part("AddressPool", "named", "{addresses: [{value: www.example.org}]}")
        + TestYaml.Part("AddressPool", "flat", "{flatten: true, addresses: [{value: cdn.example.net}]}")
        + TestYaml.Part("GlobalEndpoint", "near",
            "{hostname: near.example.org, policy: Nearest, pools: [{pool: de}, {pool: vn}]}")
        + TestYaml.Part("GlobalEndpoint", "draw",
            "{hostname: draw.example.org, policy: Weighted, pools: [{pool: vn, weight: 3}, {pool: de, "
            + "weight: 1}]}")
        + TestYaml.Part("GlobalEndpoint", "stick",
            "{hostname: stick.example.org, policy: Sticky, pools: [{pool: vn}, {pool: de}]}")
        + TestYaml.Part("GlobalEndpoint", "wild",
            "{hostname: \"*.app.example.org\", policy: Failover, pools: [{pool: de}]}")
        + TestYaml.Part("GlobalEndpoint", "alias",
            "{hostname: alias.example.org, policy: Failover, pools: [{pool: named}]}")
        + TestYaml.Part("GlobalEndpoint", "flat",
            "{hostname: flat.example.org, policy: Failover, pools: [{pool: flat}]}")
        + TestYaml.Part("GlobalEndpoint", "off",
            "{hostname: off.example.org, enabled: false, policy: Failover, pools: [{pool: de}]}")
        + TestYaml.Document("GlobalEndpoint", "fail",
            "{hostname: fail.example.org, policy: Failover, whenAllDown: ServFail, pools: [{pool: de}]}");

    [Theory]
    [InlineData(new byte[] { 198, 51, 100 }, "10.0.0.1", 24)]
    [InlineData(new byte[] { 192, 0, 2 }, "10.0.0.2", 0)]
    public void Answers_the_nearest_pool_with_the_scope_of_the_choice(byte[] subnet, string address, int scopeAtLeast)
    {
        var answer = Ask(new Served(Configuration), "near.example.org", RecordType.A, subnet);

        Assert.Equal([address], answer.Records);
        Assert.InRange(answer.Scope, scopeAtLeast, 24);
    }

    [Fact]
    public void Answers_other_types_of_a_steered_name_from_its_zone()
    {
        var served = new Served(Configuration);

        Assert.Single(Ask(served, "near.example.org", RecordType.TXT).Records);
        Assert.Empty(Ask(served, "near.example.org", RecordType.MX).Records);
        Assert.Equal(["2001:db8::1"], Ask(served, "near.example.org", RecordType.AAAA, [198, 51, 100]).Records);
    }

    [Fact]
    public void Answers_wildcards_aliases_and_flattened_names_and_not_what_is_disabled()
    {
        var served = new Served(Configuration);

        Assert.Equal(["10.0.0.2"], Ask(served, "x.app.example.org", RecordType.A).Records);
        Assert.Equal(["CNAME", "10.0.0.80"], Ask(served, "alias.example.org", RecordType.A).Records);
        Assert.Equal(["CNAME"], Ask(served, "alias.example.org", RecordType.CNAME).Records);
        Assert.Equal(["10.9.9.9"], Ask(served, "flat.example.org", RecordType.A).Records);
        Assert.Equal(ResponseCode.NXDomain, Ask(served, "off.example.org", RecordType.A).Code);
    }

    [Fact]
    public void Fails_the_query_when_the_policy_says_so() =>
        Assert.Equal(ResponseCode.ServFail,
            Ask(new Served(Configuration, "10.0.0.2"), "fail.example.org", RecordType.A).Code);

    [Theory]
    [InlineData("www.example.org", RecordType.A, false)]
    [InlineData("draw.example.org", RecordType.A, false)]
    [InlineData("near.example.org", RecordType.A, true)]
    [InlineData("stick.example.org", RecordType.A, true)]
    [InlineData("alias.example.org", RecordType.A, false)]
    [InlineData("nothing.example.org", RecordType.A, false)]
    [InlineData("near.example.org", RecordType.MX, false)]
    public void A_query_allocates_no_bytes(string name, RecordType type, bool subnet)
    {
        var served = new Served(Configuration);
        var query = Served.Query(name, type, subnet ? [198, 51, 100] : null);
        var response = new byte[1232];
        for (var i = 0UL; i < 200; i++)
            served.Respond(query, response, i);

        // A collection that another test causes charges this thread with the rest of its allocation context, so that
        // one round can count what nobody allocated. A query that allocates does so in every round.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0UL; i < 1000; i++)
                Assert.True(served.Respond(query, response, i * 0x9E3779B97F4A7C15UL) > 12);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
    }

    private static Answer Ask(Served served, string name, RecordType type, byte[]? subnet = null)
    {
        var response = new byte[1232];
        return Answer.Read(response.AsSpan(0, served.Respond(Served.Query(name, type, subnet), response, 1)));
    }
}
