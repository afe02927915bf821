using Meridian.Dns.Wire;

namespace Meridian.NameServer.Tests;

public sealed class ServiceBindingTests
{
    private static readonly string Configuration = TestYaml.Zone
        + TestYaml.Part("HealthCheck", "c", "{tcp: {port: 80}}")
        + TestYaml.Part("AddressPool", "one",
            "{healthCheck: c, policy: All, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}, "
            + "{value: \"2001:db8::1\"}]}")
        + TestYaml.Part("AddressPool", "two", "{healthCheck: c, addresses: [{value: 10.0.0.9}]}")
        + TestYaml.Part("AddressPool", "names", "{addresses: [{value: cdn.example.net}]}")
        + TestYaml.Part("GlobalEndpoint", "app",
            "{hostname: app.example.org, policy: Failover, https: {alpn: [h2, h3], port: 8443}, "
            + "pools: [{pool: one}, {pool: two}]}")
        + TestYaml.Part("GlobalEndpoint", "bare",
            "{hostname: bare.example.org, policy: Failover, https: {alpn: [h2], hints: false}, "
            + "pools: [{pool: one}]}")
        + TestYaml.Document("GlobalEndpoint", "alias",
            "{hostname: alias.example.org, policy: Failover, https: {}, pools: [{pool: names}]}");

    // Priority 1, target the owner, alpn h2 and h3, port 8443.
    private const string Head = "000100" + "00010006" + "026832" + "026833" + "0003000220FB";

    [Fact]
    public void Hints_follow_the_verdicts()
    {
        Assert.Equal(Head + "000400080A0000010A000002" + "0006001020010DB8000000000000000000000001",
            Ask("app.example.org"));
        Assert.Equal(Head + "000400040A000002" + "0006001020010DB8000000000000000000000001",
            Ask("app.example.org", "10.0.0.1"));
        Assert.Equal(Head + "000400040A000009", Ask("app.example.org", "10.0.0.1", "10.0.0.2", "2001:db8::1"));
    }

    [Fact]
    public void Hints_can_be_left_out() => Assert.Equal("000100" + "00010003" + "026832", Ask("bare.example.org"));

    [Fact]
    public void A_pool_of_host_names_answers_with_its_alias() =>
        Assert.Equal(Convert.ToHexString(DnsName.Parse("cdn.example.net").Wire), Ask("alias.example.org"));

    private static string Ask(string name, params string[] down)
    {
        var response = new byte[1232];
        var length = new Served(Configuration, down).Respond(Served.Query(name, RecordType.HTTPS), response, 1);
        var reader = new DnsReader(response.AsSpan(0, length));
        Assert.True(reader.TryReadBytes(12, out var header));
        Assert.Equal(1, header[7]);
        Assert.True(reader.TrySkipName() && reader.TryReadUInt32(out _) && reader.TrySkipName()
            && reader.TryReadUInt32(out _) && reader.TryReadUInt32(out _));
        Assert.True(reader.TryReadUInt16(out var size));
        Assert.True(reader.TryReadBytes(size, out var data));
        return Convert.ToHexString(data);
    }
}
