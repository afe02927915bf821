using System.Net;
using Meridian.Dns.Answering;
using Meridian.Dns.Signing;
using Meridian.Dns.Steered;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Answering;

public sealed class SteeredAnswerTests
{
    private static readonly DnsName Origin = DnsName.Parse("example.org");

    [Theory]
    [InlineData("203.0.113.9", null, 0, "203.0.113.9", 32, false)]
    [InlineData("::ffff:203.0.113.9", null, 0, "203.0.113.9", 32, false)]
    [InlineData("2001:db8::9", null, 0, "2001:db8::9", 128, false)]
    [InlineData("203.0.113.9", "198.51.100.0", 24, "198.51.100.0", 24, true)]
    [InlineData("203.0.113.9", "2001:db8::", 56, "2001:db8::", 56, true)]
    [InlineData("203.0.113.9", "::ffff:198.51.100.0", 120, "198.51.100.0", 24, true)]
    [InlineData("203.0.113.9", "::ffff:0:0", 96, "0.0.0.0", 0, true)]
    [InlineData("203.0.113.9", "198.51.100.0", 0, "203.0.113.9", 32, false)]
    public void The_client_is_the_subnet_or_else_the_sender_and_mapped_IPv4_is_IPv4(
        string sender, string? subnet, int bits, string client, int clientBits, bool fromSubnet)
    {
        var steered = new FixedSteered();
        var query = new QueryBuilder("app.example.org", RecordType.A);
        Ask(steered, subnet is null ? query : query.Subnet(subnet, (byte)bits), sender: sender);
        Assert.Equal((client, clientBits, fromSubnet), steered.Asked);
    }

    [Theory]
    [InlineData("198.51.100.0", 24, 20)]
    [InlineData("::ffff:198.51.100.0", 120, 116)]
    [InlineData("198.51.100.0", 0, 0)]
    public void The_scope_is_in_the_family_that_was_asked_with(string subnet, int bits, int scope) =>
        Assert.Equal(scope, Ask(new FixedSteered(),
            new QueryBuilder("app.example.org", RecordType.A).Subnet(subnet, (byte)bits)).Options[8][3]);

    [Fact]
    public void Addresses_come_in_the_order_given_with_the_TTL_of_the_moment() =>
        Assert.Equal(["app.example.org. 5 A 10.0.0.2", "app.example.org. 5 A 10.0.0.1"],
            Ask(new FixedSteered(), new QueryBuilder("app.example.org", RecordType.A)).Answer);

    [Fact]
    public void An_alias_is_followed_inside_the_zone() =>
        Assert.Equal(["app.example.org. 5 CNAME www.example.org.", "www.example.org. 300 A 192.0.2.80"],
            Ask(new FixedSteered { Kind = SteeredKind.Alias, Target = DnsName.Parse("www.example.org") },
                new QueryBuilder("app.example.org", RecordType.A)).Answer);

    [Fact]
    public void An_alias_that_was_asked_for_is_not_followed() =>
        Assert.Single(Ask(new FixedSteered { Kind = SteeredKind.Alias, Target = DnsName.Parse("www.example.org") },
            new QueryBuilder("app.example.org", RecordType.CNAME)).Answer);

    [Fact]
    public void A_failure_is_a_failure_and_says_why()
    {
        var reply = Ask(new FixedSteered { Kind = SteeredKind.ServerFailure, Error = ExtendedError.NotReady },
            new QueryBuilder("app.example.org", RecordType.A) { Edns = true });
        Assert.Equal((2, false), (reply.Code, reply.Authoritative));
        Assert.Equal([0, 14], reply.Options[15]);
    }

    [Fact]
    public void A_record_of_a_service_is_answered_as_it_is() =>
        Assert.Equal("app.example.org. 5 HTTPS 000100", Assert.Single(Ask(
            new FixedSteered { Kind = SteeredKind.Record, Data = [0, 1, 0], Types = [RecordType.HTTPS] },
            new QueryBuilder("app.example.org", RecordType.HTTPS)).Answer));

    [Fact]
    public void An_absence_is_kept_no_longer_than_the_steered_TTL() =>
        Assert.StartsWith("example.org. 5 SOA",
            Assert.Single(Ask(new FixedSteered(), new QueryBuilder("app.example.org", RecordType.MX)).Authority));

    [Fact]
    public void An_absence_is_kept_no_longer_than_the_zone_says() =>
        Assert.StartsWith("example.org. 30 SOA", Assert.Single(
            Ask(new FixedSteered { Ttl = 100 }, new QueryBuilder("app.example.org", RecordType.MX)).Authority));

    [Theory]
    [InlineData("198.51.100.0", 24)]
    [InlineData("::ffff:198.51.100.0", 120)]
    [InlineData("2001:db8::", 56)]
    public void An_answer_for_every_client_has_scope_zero(string subnet, int bits) =>
        Assert.Equal(0, Ask(new FixedSteered { Scope = 0 },
            new QueryBuilder("app.example.org", RecordType.A).Subnet(subnet, (byte)bits)).Options[8][3]);

    [Theory]
    [InlineData("app", SteeredKind.Addresses, RecordType.A)]
    [InlineData("x.any", SteeredKind.Addresses, RecordType.A)]
    [InlineData("app", SteeredKind.Alias, RecordType.A)]
    [InlineData("app", SteeredKind.Record, RecordType.HTTPS)]
    public void Whatever_is_answered_is_signed(string name, SteeredKind kind, RecordType type)
    {
        var steered = new FixedSteered
        {
            Kind = kind,
            Target = DnsName.Parse("far.example.net"),
            Types = [RecordType.A, RecordType.HTTPS],
        };
        var reply = Ask(steered, new QueryBuilder($"{name}.example.org", type) { Edns = true, DnssecOk = true },
            signed: true);
        Assert.Single(reply.Answer, r => r.StartsWith($"{name}.example.org. 5 RRSIG ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_denial_speaks_of_every_type_but_the_one_that_was_asked_for()
    {
        var reply = Ask(new FixedSteered(),
            new QueryBuilder("app.example.org", RecordType.AAAA) { Edns = true, DnssecOk = true }, signed: true);

        // A, RRSIG and NSEC, and not AAAA.
        Assert.Contains(reply.Authority,
            r => r.StartsWith("app.example.org. 5 NSEC ", StringComparison.Ordinal)
            && r.EndsWith("0006400000000003", StringComparison.Ordinal));
    }

    private static Reply Ask(FixedSteered steered, QueryBuilder query, bool signed = false,
        string sender = "203.0.113.9")
    {
        var signer = signed ? new ZoneSigner(Origin,
            [SigningKey.Create(Origin, KeyRole.Csk, KeyTimes.From(DateTimeOffset.UnixEpoch))], DateTimeOffset.UtcNow)
            : null;
        var builder = new ZoneBuilder(Origin, null, signer);
        foreach (var record in MasterFile.Read("z", "$TTL 300\n@ SOA ns h 1 1 1 1 30\n@ NS ns\nwww A 192.0.2.80\n",
            Origin, _ => null).Records)
            builder.Add(record);
        builder.Steer(DnsName.Parse("app.example.org"), steered);
        builder.Steer(DnsName.Parse("*.any.example.org"), steered);
        var zones = new ZoneSet([builder.Build(out _)!]);
        var response = new byte[1232];
        var summary = new Responder(new ResponderOptions()).Respond(zones, query.Build(), response,
            new Requester(IPAddress.Parse(sender).GetAddressBytes(), Transport.Udp, 1, DateTimeOffset.UtcNow));
        Assert.True(summary.Steered);
        return Reply.Parse(response.AsSpan(0, summary.Length));
    }
}
