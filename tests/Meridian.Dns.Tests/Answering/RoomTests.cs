using Meridian.Dns.Answering;
using Meridian.Dns.Cookies;
using Meridian.Dns.Signing;
using Meridian.Dns.Steered;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Answering;

/// <summary>Whatever room there is for a response, what is written is whole, or says that it is not.</summary>
public sealed class RoomTests
{
    private static readonly DnsName Origin = DnsName.Parse("example.org");
    private static readonly ZoneSet Plain = Zones(null);
    private static readonly ZoneSet Signed =
        Zones(new ZoneSigner(Origin, [SigningKey.Create(Origin, KeyRole.Csk, KeyTimes.From(DateTimeOffset.UnixEpoch))],
            DateTimeOffset.UtcNow));

    private const string Text = TestZones.Example + """

        big TXT ( "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" )
        big MX 10 www
        only MX 10 six
        six AAAA 2001:db8::6
        many A 192.0.2.1
        many A 192.0.2.2
        many A 192.0.2.3
        cut NS ns.cut
        cut NS six
        ns.cut A 192.0.2.55
        ns.cut AAAA 2001:db8::55
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_size_of_buffer_gets_a_whole_response_or_a_truncated_one(bool signed)
    {
        var responder = new Responder(new ResponderOptions
        {
            Nsid = new string('n', 300),
            Version = "meridian",
            Cookies = CookieJar.Random(),
        });
        var buffer = new byte[1232];
        foreach (var (name, type, size) in (IEnumerable<(string, RecordType, ushort)>)
            [("www", RecordType.A, 1), ("big", RecordType.TXT, 1), ("big", RecordType.MX, 1),
                ("only", RecordType.MX, 1), ("many", RecordType.A, 1),
             ("chain", RecordType.A, 1), ("x.moved", RecordType.A, 1), ("x.inner", RecordType.TXT, 1),
             ("nothing", RecordType.A, 1), ("www", RecordType.SRV, 1),
             ("x.sub", RecordType.A, 1), ("x.cut", RecordType.A, 1), ("sub", RecordType.DS, 1),
             ("cut", RecordType.DS, 1), ("x.wild", RecordType.A, 1),
             ("www", RecordType.ANY, 1), ("deep.empty", RecordType.ANY, 1), ("@", RecordType.SOA, 1),
             ("@", RecordType.NS, 1),
             ("app", RecordType.A, 1), ("app", RecordType.AAAA, 1), ("svc", RecordType.HTTPS, 1),
             ("to", RecordType.A, 1), ("version.bind.", RecordType.TXT, 3)])
        {
            var asked = name == "@" ? "example.org" : name.EndsWith('.') ? name : $"{name}.example.org";
            var query = new QueryBuilder(asked, type) { DnssecOk = signed, Class = size }
                .Option(3).Option(10, 1, 2, 3, 4, 5, 6, 7, 8).Subnet("198.51.100.0", 24).Build();
            var whole = Ask(query, 1232);

            // From what header, question and OPT take together.
            for (var room = query.Length + 140; room <= 1232; room++)
            {
                var reply = Ask(query, room);
                Assert.True(reply.Length <= room);
                if (!reply.Truncated)
                    Assert.Equal(whole.Answer, reply.Answer);
                else
                    Assert.Empty(reply.Answer);
            }
        }

        Reply Ask(byte[] query, int size)
        {
            var summary = responder.Respond(signed ? Signed : Plain, query, buffer.AsSpan(0, size),
                new Requester([192, 0, 2, 1], Transport.Udp, 1, DateTimeOffset.UtcNow));
            return Reply.Parse(buffer.AsSpan(0, summary.Length));
        }
    }

    [Fact]
    public void The_longest_name_and_every_option_fit_the_smallest_response()
    {
        var responder = new Responder(new ResponderOptions
        {
            Nsid = new string('n', 300),
            Cookies = CookieJar.Random(),
        });
        var label = new string('a', 63);
        var query = new QueryBuilder($"{label}.{label}.{label}.{new string('b', 49)}.example.org",
            RecordType.A)
        { Payload = 512 }
            .Option(3).Option(10, 1, 2, 3, 4, 5, 6, 7, 8).Subnet("2001:db8::1", 128).Build();
        var response = new byte[1232];
        var summary = responder.Respond(Plain, query, response,
            new Requester([192, 0, 2, 1], Transport.Udp, 1, DateTimeOffset.UtcNow));
        Assert.InRange(summary.Length, 255, 512);
        Assert.Equal([3, 8, 10], Reply.Parse(response.AsSpan(0, summary.Length)).Options.Keys.Order());
    }

    [Fact]
    public void A_name_too_long_to_be_denied_is_a_failure_and_no_lie()
    {
        var label = new string('a', 63);
        var query = new QueryBuilder($"{label}.{label}.{label}.{new string('b', 49)}.example.org",
            RecordType.A)
        { DnssecOk = true, Edns = true }.Build();
        Assert.Equal(2, Reply.Parse(Asking.Send(query, Signed)).Code);
    }

    [Fact]
    public void A_zone_that_is_not_there_yet_is_a_failure_that_says_so()
    {
        var reply = Asking.Ask(new QueryBuilder("www.example.org", RecordType.A) { Edns = true },
            new ZoneSet([AuthoritativeZone.NotLoaded(Origin, Dns.Serving.ZonePolicy.None)]));
        Assert.Equal((2, false), (reply.Code, reply.Authoritative));
        Assert.Equal([0, 14], reply.Options[15]);
    }

    [Fact]
    public void A_record_set_too_large_for_any_message_is_truncated_on_every_transport()
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"\nhuge TXT \"{i}{new string('t', 240)}\""));
        foreach (var zone in (AuthoritativeZone[])[TestZones.Build("example.org", Text + text),
            TestZones.Signed("example.org", Text + text)])
        {
            foreach (var transport in (Transport[])[Transport.Udp, Transport.Tcp])
            {
                var reply = Asking.Ask(new QueryBuilder("huge.example.org", RecordType.TXT)
                {
                    Edns = true,
                    DnssecOk = true,
                }, new ZoneSet([zone]), transport);
                Assert.True(reply.Truncated);
                Assert.Empty(reply.Answer);
            }
        }
    }

    [Fact]
    public void An_alias_into_a_delegation_is_ours_and_its_target_is_referred()
    {
        var reply = Asking.Ask("into.example.org", RecordType.A,
            new ZoneSet([TestZones.Build("example.org", Text + "\ninto CNAME x.cut")]));
        Assert.True(reply.Authoritative);
        Assert.Equal(["into.example.org. 300 CNAME x.cut.example.org."], reply.Answer);
        Assert.Equal(2, reply.Authority.Count);
    }

    [Theory]
    [InlineData("0000840000010000000000003F61")] // A label that runs over the end.
    [InlineData("000084000001000000000000016100000100")] // A class that is cut.
    [InlineData("000084000002000000000000016100000100010161000001" + "0001")] // Two questions.
    public void A_response_whose_question_cannot_be_read_keeps_its_header_alone(string hex)
    {
        var response = Convert.FromHexString(hex);
        Assert.Equal(12, TruncatedResponse.Make(response));
        Assert.Equal("000086000000", Convert.ToHexString(response.AsSpan(0, 6))); // TC, and no question
    }

    private static ZoneSet Zones(ZoneSigner? signer)
    {
        var builder = new ZoneBuilder(Origin, null, signer);
        foreach (var record in MasterFile.Read("z", Text, Origin, _ => null).Records)
            builder.Add(record);
        builder.Steer(DnsName.Parse("app.example.org"),
            new FixedSteered { Data = [.. Enumerable.Range(0, 80).Select(i => (byte)i)] });
        builder.Steer(DnsName.Parse("svc.example.org"),
            new FixedSteered { Kind = SteeredKind.Record, Data = [0, 1, 0], Types = [RecordType.HTTPS] });
        builder.Steer(DnsName.Parse("to.example.org"),
            new FixedSteered { Kind = SteeredKind.Alias, Target = DnsName.Parse("far.example.net") });
        return new ZoneSet([builder.Build(out _)!]);
    }

    [Fact]
    public void A_response_over_the_rate_limit_keeps_its_question_and_says_that_it_is_cut()
    {
        foreach (var (_, query, _) in QueryCorpusTests.Lines())
        {
            var response = Asking.Send(query);
            if (response.Length == 0)
                continue;
            var before = Reply.Parse(response);
            var after = Reply.Parse(response.AsSpan(0, TruncatedResponse.Make(response)));
            Assert.True(after.Truncated);
            Assert.Empty(after.Answer);
            Assert.Equal((before.Id, before.Question), (after.Id, after.Question));
        }
    }
}
