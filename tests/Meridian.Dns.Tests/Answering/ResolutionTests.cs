using Meridian.Dns.Answering;
using Meridian.Dns.Serving;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using static Meridian.Dns.Tests.Support.Asking;

namespace Meridian.Dns.Tests.Answering;

/// <summary>The rules of a lookup at their bounds.</summary>
public sealed class ResolutionTests
{
    private const string Head = "$TTL 60\n@ SOA ns.example.net. h 1 2 3 4 30\n@ NS ns.example.net.\n";

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, false)]
    public void A_chain_is_followed_for_sixteen_names(int aliases, bool reached)
    {
        var text = string.Concat(Enumerable.Range(0, aliases).Select(i => $"c{i} CNAME c{i + 1}\n"));
        var reply = Ask("c0.example.org", RecordType.A, Zones(text + $"c{aliases} A 192.0.2.1\n"));

        Assert.Equal(16, reply.Answer.Count);
        Assert.Equal(reached, reply.Answer[^1].EndsWith(" A 192.0.2.1", StringComparison.Ordinal));
        Assert.Empty(reply.Authority);
    }

    [Theory]
    [InlineData(56, ResponseCode.NoError)]
    [InlineData(57, ResponseCode.YXDomain)]
    public void A_name_made_by_a_DNAME_has_at_most_255_octets(int last, ResponseCode code)
    {
        // In front of the DNAME's owner stand 64, 64, and last + 1 octets; its target has 70.
        var label = new string('a', 63);
        var zones = Zones($"d DNAME {new string('c', 62)}.abcde.\n");
        var name = $"{label}.{label}.{new string('b', last)}.d.example.org";
        var reply = Ask(new QueryBuilder(name, RecordType.A) { Edns = true }, zones);

        Assert.Equal((int)code, reply.Code);
        Assert.Equal(code == ResponseCode.NoError ? 2 : 1, reply.Answer.Count);
    }

    [Fact]
    public void A_query_for_an_alias_or_below_a_DNAME_ends_there()
    {
        Assert.Empty(Ask("alias.example.org", RecordType.CNAME).Authority);
        var reply = Ask("x.moved.example.org", RecordType.CNAME);
        Assert.Equal(2, reply.Answer.Count);
        Assert.Empty(reply.Authority);
    }

    [Theory]
    [InlineData("www.example.org", 1)]
    [InlineData("app.example.org", 1)]
    [InlineData("empty.example.org", 0)]
    [InlineData("nothing.example.org", 0)]
    public void ANY_is_answered_where_there_is_anything(string name, int answers)
    {
        var builder = new ZoneBuilder(DnsName.Parse("example.org"));
        foreach (var set in TestZones.ExampleSet.Zones.Single().Nodes.SelectMany(n => n.Sets))
            builder.Replace(set);
        builder.Steer(DnsName.Parse("app.example.org"), new FixedSteered());

        var reply = Ask(name, RecordType.ANY, new ZoneSet([builder.Build(out _)!]));

        Assert.Equal(answers, reply.Answer.Count);
        Assert.Equal(1 - answers, reply.Authority.Count);
    }

    [Fact]
    public void An_alias_into_a_zone_without_data_is_a_failure()
    {
        var zones = new ZoneSet([TestZones.Build("example.org", Head + "a CNAME www.sub\n"),
            AuthoritativeZone.Failed(DnsName.Parse("sub.example.org"), ZonePolicy.None)]);
        var reply = Ask(new QueryBuilder("a.example.org", RecordType.A) { Edns = true }, zones);

        Assert.Equal((2, false), (reply.Code, reply.Authoritative));
        Assert.Equal([0, 24], reply.Options[15]);
    }

    [Fact]
    public void An_alias_out_of_the_zones_is_no_refusal() =>
        Assert.Equal((0, true), (Ask("away.example.org", RecordType.A).Code,
            Ask("away.example.org", RecordType.A).Authoritative));

    [Theory]
    [InlineData("www.example.org", "WWW.example.org", true)]
    [InlineData("www.example.org", "mail.example.org", false)]
    [InlineData("n1.example.org", "n2.example.org", true)]
    [InlineData("n1.example.org", "example.org", false)]
    [InlineData("n1.wild.example.org", "n2.wild.example.org", true)]
    [InlineData("n1.wild.example.org", "n1.example.org", false)]
    [InlineData("n1.sub.example.org", "n2.sub.example.org", true)]
    [InlineData("n1.sub.example.org", "sub.example.org", false)]
    public void Responses_about_one_thing_count_together(string one, string other, bool together) =>
        Assert.Equal(together, KeyOf(one) == KeyOf(other));

    [Theory]
    [InlineData(0x0000, 0x8400)]
    [InlineData(0x0100, 0x8500)]
    [InlineData(0x0710, 0x8500)]
    [InlineData(0x00F0, 0x8400)]
    [InlineData(0x000F, 0x8400)]
    public void Only_the_opcode_and_RD_are_copied_from_a_query(int flags, int expected) =>
        Assert.Equal(expected,
            Ask(new QueryBuilder("www.example.org", RecordType.A) { Flags = (ushort)flags }).Flags);

    [Fact]
    public void The_upper_bits_of_an_extended_code_are_in_EDNS_alone()
    {
        var reply = Ask(new QueryBuilder("www.example.org", RecordType.A) { Version = 1 }
            .Subnet("198.51.100.0", 24));

        Assert.Equal((0x8100, 16), (reply.Flags, reply.Code));
        Assert.DoesNotContain(8, reply.Options.Keys);
    }

    [Fact]
    public void A_malformed_query_gets_no_client_subnet_back() => Assert.DoesNotContain(8,
        Ask(new QueryBuilder("www.example.org", RecordType.A).Option(8, 0, 1, 33, 0, 1, 2, 3, 4, 5)).Options.Keys);

    [Fact]
    public void A_server_without_an_identifier_sends_none() => Assert.DoesNotContain(3,
        Ask(new QueryBuilder("www.example.org", RecordType.A).Option(3)).Options.Keys);

    [Fact]
    public void Addresses_of_services_and_mail_servers_are_added()
    {
        Assert.Equal(["mail.example.org. 300 A 192.0.2.25"],
            Ask("_sip._tcp.example.org", RecordType.SRV).Additional);
        Assert.Equal(["mail.example.org. 300 A 192.0.2.25"], Ask("example.org", RecordType.MX).Additional);
    }

    [Fact]
    public void A_text_of_class_CHAOS_is_not_kept() => Assert.Equal("version.bind. 0 TXT 0178",
        Assert.Single(Ask(new QueryBuilder("version.bind", RecordType.TXT) { Class = 3 },
            options: new ResponderOptions { Version = "x" }).Answer));

    [Theory]
    [InlineData(Transport.Udp, false)]
    [InlineData(Transport.Tcp, true)]
    [InlineData(Transport.Tls, true)]
    [InlineData(Transport.Https, false)]
    public void The_idle_time_is_told_where_there_is_a_connection(Transport transport, bool told) =>
        Assert.Equal(told, Ask(new QueryBuilder("www.example.org", RecordType.A).Option(11), transport: transport)
            .Options.ContainsKey(11));

    private static uint KeyOf(string name)
    {
        var requester = new Requester([192, 0, 2, 1], Transport.Udp, 1, DateTimeOffset.UtcNow);
        return new Responder(new ResponderOptions()).Respond(TestZones.ExampleSet,
            new QueryBuilder(name, RecordType.A).Build(), new byte[1232], requester).RateLimitKey;
    }

    private static ZoneSet Zones(string text) => new([TestZones.Build("example.org", Head + text)]);
}
