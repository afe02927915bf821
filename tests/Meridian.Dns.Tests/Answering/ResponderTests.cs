using Meridian.Dns.Answering;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using static Meridian.Dns.Tests.Support.Asking;

namespace Meridian.Dns.Tests.Answering;

public sealed class ResponderTests
{
    [Fact]
    public void Answers_with_the_whole_record_set_and_the_authority_bit()
    {
        var reply = Ask("www.example.org", RecordType.A);

        Assert.Equal(0, reply.Code);
        Assert.True(reply.Authoritative);
        Assert.Equal(["www.example.org. 60 A 192.0.2.80", "www.example.org. 60 A 192.0.2.81"], reply.Answer);
    }

    [Fact]
    public void Keeps_the_case_as_asked()
    {
        var reply = Ask("wWw.ExAmPlE.oRg", RecordType.AAAA);

        Assert.Equal("wWw.ExAmPlE.oRg.", reply.Question);
        Assert.Equal(["wWw.ExAmPlE.oRg. 60 AAAA 2001:db8::80"], reply.Answer);
    }

    [Fact]
    public void Follows_a_chain_of_aliases_inside_the_zone()
    {
        var reply = Ask("chain.example.org", RecordType.AAAA);

        Assert.Equal(["chain.example.org. 300 CNAME alias.example.org.",
            "alias.example.org. 300 CNAME www.example.org.",
            "www.example.org. 60 AAAA 2001:db8::80"], reply.Answer);
    }

    [Fact]
    public void Stops_a_chain_at_the_border_of_its_zones()
    {
        var reply = Ask("away.example.org", RecordType.A);

        Assert.Equal(0, reply.Code);
        Assert.Equal(["away.example.org. 300 CNAME target.example.net."], reply.Answer);
    }

    [Fact]
    public void Gives_NXDOMAIN_for_a_chain_that_ends_in_nothing()
    {
        var reply = Ask("dangling.example.org", RecordType.A);

        Assert.Equal(3, reply.Code);
        Assert.Equal(["dangling.example.org. 300 CNAME nothing.example.org."], reply.Answer);
        Assert.Single(reply.Authority);
    }

    [Fact]
    public void Ends_a_loop_of_aliases() => Assert.InRange(Ask("loop.example.org", RecordType.A).Answer.Count, 2, 16);

    [Fact]
    public void Answers_a_query_for_the_alias_itself() =>
        Assert.Equal(["alias.example.org. 300 CNAME www.example.org."],
            Ask("alias.example.org", RecordType.CNAME).Answer);

    [Fact]
    public void Says_that_a_name_does_not_exist_with_the_SOA_and_its_minimum()
    {
        var reply = Ask("nothing.example.org", RecordType.A);

        Assert.Equal(3, reply.Code);
        Assert.Equal(["example.org. 30 SOA ns1.example.org. hostmaster.example.org."], reply.Authority);
    }

    [Fact]
    public void Says_that_a_type_does_not_exist_with_the_SOA()
    {
        var reply = Ask("mail.example.org", RecordType.AAAA);

        Assert.Equal(0, reply.Code);
        Assert.Empty(reply.Answer);
        Assert.Equal(["example.org. 30 SOA ns1.example.org. hostmaster.example.org."], reply.Authority);
    }

    [Theory]
    [InlineData("deep.empty.example.org")]
    [InlineData("empty.example.org")]
    public void Treats_an_empty_non_terminal_as_a_name_that_exists(string name) =>
        Assert.Equal(0, Ask(name, RecordType.A).Code);

    [Fact]
    public void Lets_a_wildcard_stand_for_names_below_it()
    {
        Assert.Equal(["x.wild.example.org. 300 A 192.0.2.99"], Ask("x.wild.example.org", RecordType.A).Answer);
        Assert.Equal(["x.y.wild.example.org. 300 A 192.0.2.99"], Ask("x.y.wild.example.org", RecordType.A).Answer);
        Assert.Equal(["x.cwild.example.org. 300 CNAME www.example.org.", "www.example.org. 60 AAAA 2001:db8::80"],
            Ask("x.cwild.example.org", RecordType.AAAA).Answer);
    }

    [Fact]
    public void Lets_no_wildcard_stand_where_a_name_exists_on_the_way()
    {
        Assert.Equal(3, Ask("other.host.wild.example.org", RecordType.A).Code);
        Assert.Equal(["host.wild.example.org. 300 A 192.0.2.98"], Ask("host.wild.example.org", RecordType.A).Answer);
    }

    [Fact]
    public void Refers_to_a_delegation_with_glue()
    {
        var reply = Ask("host.sub.example.org", RecordType.A);

        Assert.False(reply.Authoritative);
        Assert.Empty(reply.Answer);
        Assert.Equal(["sub.example.org. 300 NS ns.sub.example.org.", "sub.example.org. 300 NS ns.elsewhere.net."],
            reply.Authority);
        Assert.Equal(["ns.sub.example.org. 300 A 192.0.2.54"], reply.Additional);
    }

    [Fact]
    public void Answers_for_DS_at_a_cut_from_the_parents_side()
    {
        var reply = Ask("sub.example.org", RecordType.DS);

        Assert.True(reply.Authoritative);
        Assert.Single(reply.Answer);
    }

    [Fact]
    public void Asks_the_child_for_everything_but_DS_when_it_serves_both()
    {
        var zones = new ZoneSet([TestZones.Build("example.org", TestZones.Example),
            TestZones.Build("sub.example.org",
                "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.54\nhost A 192.0.2.55")]);

        Assert.Equal(["host.sub.example.org. 60 A 192.0.2.55"],
            Ask("host.sub.example.org", RecordType.A, zones).Answer);
        Assert.Single(Ask("sub.example.org", RecordType.DS, zones).Answer);
        Assert.Equal(["sub.example.org. 60 NS ns.sub.example.org."],
            Ask("sub.example.org", RecordType.NS, zones).Answer);
    }

    [Fact]
    public void Rewrites_names_below_a_DNAME()
    {
        Assert.Equal(["moved.example.org. 300 DNAME new.example.org.",
            "x.moved.example.org. 300 CNAME x.new.example.org."],
            Ask("x.moved.example.org", RecordType.A).Answer);
        Assert.Equal(0, Ask("x.moved.example.org", RecordType.CNAME).Code);
        Assert.Contains("x.wild.example.org. 300 A 192.0.2.99", Ask("x.inner.example.org", RecordType.A).Answer);
    }

    [Fact]
    public void Answers_YXDOMAIN_when_a_DNAME_makes_a_name_too_long()
    {
        var label = new string('a', 63);
        var reply = Ask($"{label}.{label}.{label}.{new string('b', 40)}.moved.example.org",
            RecordType.A, new ZoneSet([TestZones.Build("example.org",
                TestZones.Example.Replace("new.example.org.", new string('c', 50) + ".example.org."))]));

        Assert.Equal(6, reply.Code);
    }

    [Fact]
    public void Answers_ANY_with_one_small_record()
    {
        var reply = Ask("www.example.org", RecordType.ANY);

        Assert.Equal(["www.example.org. 3600 HINFO 075246433834383200"], reply.Answer);
    }

    [Fact]
    public void Adds_addresses_of_mail_exchanges_and_name_servers()
    {
        Assert.Equal(["mail.example.org. 300 A 192.0.2.25"], Ask("example.org", RecordType.MX).Additional);
        Assert.Equal(["ns1.example.org. 300 A 192.0.2.53", "ns1.example.org. 300 AAAA 2001:db8::53"],
            Ask("example.org", RecordType.NS).Additional);
    }

    [Fact]
    public void Serves_types_that_it_does_not_know() =>
        Assert.Equal(["odd.example.org. 300 TYPE65280 0A0B0C0D"], Ask("odd.example.org", (RecordType)65280).Answer);

    [Fact]
    public void Refuses_names_outside_its_zones()
    {
        var reply = Ask(new QueryBuilder("www.example.net", RecordType.A) { Edns = true });

        Assert.Equal(5, reply.Code);
        Assert.False(reply.Authoritative);
        Assert.Equal([0, 20], reply.Options[15]);
    }

    [Theory]
    [InlineData(RecordType.AXFR, 5)]
    [InlineData(RecordType.IXFR, 5)]
    [InlineData(RecordType.MAILA, 4)]
    [InlineData(RecordType.OPT, 1)]
    public void Turns_down_what_is_no_question_of_data(RecordType type, int code) =>
        Assert.Equal(code, Ask("example.org", type).Code);

    [Fact]
    public void Copies_DO_and_offers_its_own_payload_size()
    {
        var reply = Ask(new QueryBuilder("www.example.org", RecordType.A) { Edns = true, DnssecOk = true });

        Assert.True(reply is { HasOpt: true, DnssecOk: true });
        Assert.False(Ask("www.example.org", RecordType.A).HasOpt);
    }

    [Fact]
    public void Answers_BADVERS_to_a_later_EDNS()
    {
        var reply = Ask(new QueryBuilder("www.example.org", RecordType.A) { Edns = true, Version = 1 });

        Assert.Equal(16, reply.Code);
        Assert.Empty(reply.Answer);
    }

    [Fact]
    public void Truncates_over_UDP_and_answers_whole_over_TCP()
    {
        var text = "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\n" + string
            .Concat(Enumerable.Range(0, 100).Select(i => $"big A 10.0.0.{i}\n"));
        var zones = new ZoneSet([TestZones.Build("big.test", text)]);
        var plain = new QueryBuilder("big.big.test", RecordType.A);

        var small = Ask(plain, zones);
        var edns = Ask(new QueryBuilder("big.big.test", RecordType.A) { Edns = true, Payload = 4096 }, zones);
        var tcp = Ask(plain, zones, Transport.Tcp);

        Assert.True(small is { Truncated: true, Length: <= 512 } && small.Answer.Count == 0);
        Assert.True(edns is { Truncated: true, HasOpt: true, Length: <= 1232 });
        Assert.False(tcp.Truncated);
        Assert.Equal(100, tcp.Answer.Count);
    }

    [Fact]
    public void Says_scope_zero_for_a_static_name_and_nothing_where_nothing_was_asked()
    {
        var reply = Ask(new QueryBuilder("www.example.org", RecordType.A).Subnet("198.51.100.0", 24));

        Assert.Equal([0, 1, 24, 0, 198, 51, 100], reply.Options[8]);
        Assert.DoesNotContain(8, Ask(new QueryBuilder("www.example.org", RecordType.A) { Edns = true }).Options.Keys);
    }

    [Theory]
    [InlineData(new byte[] { 0, 1, 24, 0, 198, 51 })]
    [InlineData(new byte[] { 0, 1, 24, 0, 198, 51, 100, 7 })]
    [InlineData(new byte[] { 0, 1, 33, 0, 198, 51, 100, 7, 0 })]
    [InlineData(new byte[] { 0, 1, 20, 0, 198, 51, 100 })]
    [InlineData(new byte[] { 0, 1, 24, 8, 198, 51, 100 })]
    [InlineData(new byte[] { 0, 3, 0, 0 })]
    [InlineData(new byte[] { 0 })]
    public void Answers_FORMERR_to_a_wrong_client_subnet(byte[] option) =>
        Assert.Equal(1, Ask(new QueryBuilder("www.example.org", RecordType.A).Option(8, option)).Code);

    [Fact]
    public void Names_itself_when_asked()
    {
        var reply = Ask(new QueryBuilder("www.example.org", RecordType.A).Option(3),
            options: new ResponderOptions { Nsid = "node-1" });

        Assert.Equal("node-1"u8.ToArray(), reply.Options[3]);
        Assert.DoesNotContain(3,
            Ask(new QueryBuilder("www.example.org", RecordType.A) { Edns = true },
                options: new ResponderOptions { Nsid = "x" }).Options.Keys);
    }

    [Fact]
    public void Keeps_its_version_to_itself_unless_told_otherwise()
    {
        var query = new QueryBuilder("version.bind", RecordType.TXT) { Class = 3 };

        Assert.Equal(5, Ask(query).Code);
        var open = Ask(query, options: new ResponderOptions { Version = "meridian" });
        Assert.Equal(0, open.Code);
        Assert.Single(open.Answer);
    }

    [Theory]
    [InlineData(0x2000, 4)]
    [InlineData(0x2800, 4)]
    public void Answers_NOTIMP_to_other_opcodes(int flags, int code) =>
        Assert.Equal(code, Reply.Parse(
            Send(new QueryBuilder("example.org", RecordType.SOA) { Flags = (ushort)flags }.Build())).Code);

    [Fact]
    public void Is_silent_to_responses_and_to_what_is_too_short()
    {
        Assert.Empty(Send(new QueryBuilder("example.org", RecordType.A) { Flags = 0x8100 }.Build()));
        Assert.Empty(Send([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
        Assert.Empty(Send([]));
    }

    [Fact]
    public void Answers_FORMERR_to_no_question_two_questions_and_broken_ones()
    {
        var good = new QueryBuilder("www.example.org", RecordType.A).Build();
        byte[] none = [.. good[..12]];
        none[5] = 0;
        byte[] two = [.. good, .. good[12..]];
        two[5] = 2;
        byte[] cut = good[..^3];
        byte[] trailing = [.. good, 0];
        byte[] pointer = [.. good[..12], 0xC0, 0x0C, 0, 1, 0, 1];

        foreach (var query in (byte[][])[none, two, cut, trailing, pointer])
            Assert.Equal(1, Reply.Parse(Send(query)).Code);
    }

    [Fact]
    public void Answers_FORMERR_to_two_OPT_records()
    {
        var query = new QueryBuilder("www.example.org", RecordType.A) { Edns = true }.Build();
        byte[] two = [.. query, .. query[^11..]];
        two[11] = 2;

        Assert.Equal(1, Reply.Parse(Send(two)).Code);
    }

    [Fact]
    public void Copies_id_opcode_and_RD_and_offers_no_recursion()
    {
        var reply = Ask(new QueryBuilder("www.example.org", RecordType.A) { Id = 0xBEEF, Flags = 0x0100 });

        Assert.Equal(0xBEEF, reply.Id);
        Assert.Equal(0x8500, reply.Flags);
    }

    [Theory]
    [InlineData("version.server.", RecordType.TXT, true)]
    [InlineData("hostname.bind.", RecordType.ANY, true)]
    [InlineData("id.server.", RecordType.A, false)]
    [InlineData("other.bind.", RecordType.TXT, false)]
    public void Answers_four_names_of_class_CHAOS_as_text(string name, RecordType type, bool answered)
    {
        var reply = Asking.Ask(new QueryBuilder(name, type) { Class = 3 },
            options: new ResponderOptions { Version = "v", ServerId = "s" });
        Assert.Equal(answered ? 0 : 5, reply.Code);
        Assert.Equal(answered ? 1 : 0, reply.Answer.Count);
    }

    [Theory]
    [InlineData(RecordType.AXFR, 0x0000)]
    [InlineData(RecordType.IXFR, 0x0000)]
    [InlineData(RecordType.SOA, 0x2000)]
    [InlineData(RecordType.SOA, 0x2800)]
    public void Sets_aside_what_a_service_is_there_for(RecordType type, ushort flags)
    {
        var responder = new Responder(new ResponderOptions { DefersSlowMessages = true });
        var query = new QueryBuilder("example.org", type) { Flags = flags }.Build();
        Assert.True(responder.Respond(TestZones.ExampleSet, query, new byte[1232],
            new Requester([192, 0, 2, 1], Transport.Udp, 1, DateTimeOffset.UtcNow)).IsDeferred);
    }
}
