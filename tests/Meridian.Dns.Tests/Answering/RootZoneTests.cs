using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Answering;

/// <summary>The root is a zone like any other (RFC 8806 has resolvers serve it to themselves).</summary>
public sealed class RootZoneTests
{
    private const string Root = """
        $TTL 300
        @     SOA a.servers.example. hostmaster.example. 1 3600 600 86400 30
        @     NS a.servers.example.
        a.servers.example. A 192.0.2.53
        com   NS ns.com
        ns.com A 192.0.2.54
        com   DS 12345 13 2 0000000000000000000000000000000000000000000000000000000000000000
        *.any TXT "wild"
        www   A 192.0.2.80
        """;

    private static readonly ZoneSet Zones = new([TestZones.Build(".", Root)]);

    [Theory]
    [InlineData(".", RecordType.NS, ". 300 NS a.servers.example.")]
    [InlineData("www", RecordType.A, "www. 300 A 192.0.2.80")]
    [InlineData("x.y.any", RecordType.TXT, "x.y.any. 300 TXT \"wild\"")]
    [InlineData("com", RecordType.DS, "com. 300 DS 12345")]
    public void Answers_what_is_in_it(string name, RecordType type, string record)
    {
        var reply = Asking.Ask(name, type, Zones);

        Assert.True(reply.Authoritative);
        Assert.Equal(0, reply.Code);
        if (type is RecordType.NS or RecordType.A)
            Assert.Equal([record], reply.Answer);
        else
            Assert.StartsWith(record.Split(" TXT ")[0].Split(" DS ")[0], Assert.Single(reply.Answer));
    }

    [Fact]
    public void Refers_to_what_is_delegated()
    {
        var reply = Asking.Ask("www.example.com", RecordType.A, Zones);

        Assert.False(reply.Authoritative);
        Assert.Contains("com. 300 NS ns.com.", reply.Authority);
        Assert.Contains("ns.com. 300 A 192.0.2.54", reply.Additional);
    }

    [Theory]
    [InlineData("nothing", 3)]
    [InlineData("a.b.nothing", 3)]
    [InlineData("example", 0)] // only on the way to others
    [InlineData(".", 0)]
    public void Says_what_is_not_there(string name, int code)
    {
        var reply = Asking.Ask(name, RecordType.AAAA, Zones);

        Assert.Equal(code, reply.Code);
        Assert.Empty(reply.Answer);
        Assert.StartsWith(". 30 SOA", Assert.Single(reply.Authority));
    }

    [Fact]
    public void Stands_beside_zones_below_it()
    {
        var zones = Zones.With(TestZones.Build("example.org", TestZones.Example));

        Assert.Single(Asking.Ask("www.example.org", RecordType.AAAA, zones).Answer);
        Assert.Single(Asking.Ask("www", RecordType.A, zones).Answer);
    }

    [Theory]
    [InlineData("www", RecordType.A)]
    [InlineData("nothing", RecordType.A)]
    [InlineData(".", RecordType.DNSKEY)]
    public void Can_be_signed(string name, RecordType type)
    {
        var zones = new ZoneSet([TestZones.Signed(".", Root)]);

        var reply = Asking.Ask(new QueryBuilder(name, type) { Edns = true, DnssecOk = true }, zones);

        Assert.Contains(reply.Answer.Concat(reply.Authority), r => r.Contains(" RRSIG ", StringComparison.Ordinal));
    }
}
