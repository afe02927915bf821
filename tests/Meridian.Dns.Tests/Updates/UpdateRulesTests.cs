using System.Collections.Immutable;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Updates;

/// <summary>RFC 2136 section 3, rule by rule.</summary>
public sealed class UpdateRulesTests
{
    private static readonly AuthoritativeZone Zone = TestZones.Build("example.org", TestZones.Example);
    private static readonly byte[] Address = [192, 0, 2, 80];

    [Theory]
    [InlineData("www", RecordType.ANY, UpdateRecord.ClassAny, ResponseCode.NoError)]
    [InlineData("nothing", RecordType.ANY, UpdateRecord.ClassAny, ResponseCode.NXDomain)]
    [InlineData("www", RecordType.A, UpdateRecord.ClassAny, ResponseCode.NoError)]
    [InlineData("www", RecordType.TXT, UpdateRecord.ClassAny, ResponseCode.NXRRSet)]
    [InlineData("nothing", RecordType.ANY, UpdateRecord.ClassNone, ResponseCode.NoError)]
    [InlineData("www", RecordType.ANY, UpdateRecord.ClassNone, ResponseCode.YXDomain)]
    [InlineData("www", RecordType.TXT, UpdateRecord.ClassNone, ResponseCode.NoError)]
    [InlineData("www", RecordType.A, UpdateRecord.ClassNone, ResponseCode.YXRRSet)]
    [InlineData("deep.empty", RecordType.ANY, UpdateRecord.ClassAny, ResponseCode.NXDomain)]
    public void Prerequisites_ask_for_names_and_sets(string name, RecordType type, ushort size, ResponseCode code) =>
        Assert.Equal(code, Apply([Record(name, type, size, [])], []).Code);

    [Fact]
    public void A_set_must_be_exactly_so()
    {
        Assert.Equal(ResponseCode.NoError,
            Apply([Record("www", RecordType.A, 1, Address), Record("www", RecordType.A, 1, [192, 0, 2, 81])], []).Code);
        Assert.Equal(ResponseCode.NXRRSet, Apply([Record("www", RecordType.A, 1, Address)], []).Code);
    }

    [Fact]
    public void Records_are_added_once_and_a_new_TTL_counts_for_the_set()
    {
        var set = Assert.Single(Apply([], [Record("www", RecordType.A, 1, [192, 0, 2, 82], 90)]).Update.Sets);
        Assert.Equal(3, set.Data.Length);
        Assert.Equal(90u, set.Ttl);
        Assert.Empty(Apply([], [Record("www", RecordType.A, 1, Address, 60)]).Update.Sets);
    }

    [Fact]
    public void Records_sets_and_names_are_deleted()
    {
        Assert.Equal([192, 0, 2, 81],
            Assert.Single(Assert.Single(Apply([],
                [Record("www", RecordType.A, UpdateRecord.ClassNone, Address)]).Update.Sets).Data));
        Assert.Empty(Assert.Single(Apply([],
            [Record("www", RecordType.A, UpdateRecord.ClassAny, [])]).Update.Sets).Data);
        Assert.Equal(2, Apply([],
            [Record("www", RecordType.ANY, UpdateRecord.ClassAny, [])]).Update.Sets.Count(s => s.Data.IsEmpty));
    }

    [Fact]
    public void A_record_is_the_same_however_the_names_in_it_are_written()
    {
        byte[] mail = [0, 10, .. DnsName.Parse("MAIL.Example.Org").Wire];
        Assert.Empty(Apply([], [Record("@", RecordType.MX, 1, mail, 300)]).Update.Sets);
        Assert.Equal(ResponseCode.NoError, Apply([Record("@", RecordType.MX, 1, mail)], []).Code);
        Assert.Empty(Set(Record("@", RecordType.MX, UpdateRecord.ClassNone, mail)).Data);
    }

    [Fact]
    public void Data_that_is_none_of_its_type_matches_nothing() =>
        Assert.Equal(ResponseCode.NXRRSet, Apply([Record("@", RecordType.MX, 1, [])], []).Code);

    [Fact]
    public void The_origin_keeps_its_SOA_and_a_name_server()
    {
        var sets = Apply([], [Record("@", RecordType.ANY, UpdateRecord.ClassAny, [])]).Update.Sets;
        Assert.Equal([RecordType.MX], sets.Select(s => s.Type));
    }

    [Fact]
    public void An_alias_and_other_data_never_meet()
    {
        Assert.Empty(Apply([], [Record("www", RecordType.CNAME, 1, [0])]).Update.Sets);
        Assert.Empty(Apply([], [Record("alias", RecordType.A, 1, Address)]).Update.Sets);
        Assert.Single(Apply([], [Record("alias", RecordType.CNAME, 1, [0])]).Update.Sets);
    }

    [Theory]
    [InlineData("www", RecordType.ANY, 1)]
    [InlineData("www", RecordType.AXFR, 1)]
    [InlineData("www", RecordType.A, 2)]
    public void What_cannot_be_meant_is_malformed(string name, RecordType type, ushort size) =>
        Assert.Equal(ResponseCode.FormErr, Apply([], [Record(name, type, size, Address)]).Code);

    [Fact]
    public void Names_outside_and_records_of_the_signer_are_refused()
    {
        Assert.Equal(ResponseCode.NotZone,
            Apply([], [new UpdateRecord(DnsName.Parse("www.example.net"), RecordType.A, 1, 60, Address)]).Code);
        Assert.Equal(ResponseCode.Refused, Apply([], [Record("www", RecordType.RRSIG, 1, Address)]).Code);
    }

    /// <summary>A prerequisite, and the code that it ends with where it stands alone.</summary>
    [Theory]
    [InlineData("www", RecordType.ANY, UpdateRecord.ClassAny, 1, 0, ResponseCode.FormErr)]
    [InlineData("www", RecordType.ANY, UpdateRecord.ClassAny, 0, 1, ResponseCode.FormErr)]
    [InlineData("nothing", RecordType.ANY, UpdateRecord.ClassNone, 0, 1, ResponseCode.FormErr)]
    [InlineData("www", RecordType.ANY, UpdateRecord.ClassIn, 0, 4, ResponseCode.FormErr)]
    [InlineData("www", RecordType.A, 3, 0, 4, ResponseCode.FormErr)]
    [InlineData("example.net.", RecordType.ANY, UpdateRecord.ClassNone, 0, 0, ResponseCode.NotZone)]
    public void A_prerequisite_has_no_TTL_no_data_and_a_name_of_the_zone(
        string name, RecordType type, int size, uint ttl, int octets, ResponseCode code) =>
        Assert.Equal(code, Apply([Any(name, type, size, ttl, octets)], []).Code);

    /// <summary>An update, and the code that it ends with.</summary>
    [Theory]
    [InlineData("www", RecordType.A, UpdateRecord.ClassIn, 60, 0, ResponseCode.FormErr)]
    [InlineData("www", RecordType.ANY, UpdateRecord.ClassIn, 60, 4, ResponseCode.FormErr)]
    [InlineData("www", RecordType.A, UpdateRecord.ClassAny, 1, 0, ResponseCode.FormErr)]
    [InlineData("www", RecordType.A, UpdateRecord.ClassAny, 0, 4, ResponseCode.FormErr)]
    [InlineData("www", RecordType.AXFR, UpdateRecord.ClassAny, 0, 0, ResponseCode.FormErr)]
    [InlineData("www", RecordType.A, UpdateRecord.ClassNone, 1, 4, ResponseCode.FormErr)]
    [InlineData("www", RecordType.ANY, UpdateRecord.ClassNone, 0, 4, ResponseCode.FormErr)]
    [InlineData("www", RecordType.A, 3, 0, 4, ResponseCode.FormErr)]
    [InlineData("example.net.", RecordType.A, UpdateRecord.ClassIn, 60, 4, ResponseCode.NotZone)]
    [InlineData("www", RecordType.NSEC, UpdateRecord.ClassIn, 60, 4, ResponseCode.Refused)]
    [InlineData("www", RecordType.DNSKEY, UpdateRecord.ClassAny, 0, 0, ResponseCode.Refused)]
    [InlineData("www", RecordType.CDS, UpdateRecord.ClassNone, 0, 4, ResponseCode.Refused)]
    [InlineData("www", RecordType.CDNSKEY, UpdateRecord.ClassIn, 60, 4, ResponseCode.Refused)]
    [InlineData("app", RecordType.TXT, UpdateRecord.ClassIn, 60, 4, ResponseCode.Refused)]
    [InlineData("www", RecordType.A, UpdateRecord.ClassAny, 0, 0, ResponseCode.NoError)]
    [InlineData("www", RecordType.ANY, UpdateRecord.ClassAny, 0, 0, ResponseCode.NoError)]
    [InlineData("www", RecordType.A, UpdateRecord.ClassNone, 0, 4, ResponseCode.NoError)]
    public void An_update_is_well_formed_and_of_records_that_clients_own(
        string name, RecordType type, int size, uint ttl, int octets, ResponseCode code) =>
        Assert.Equal(code, UpdateRules.Apply(Steered, [], [Any(name, type, size, ttl, octets)], out _));

    [Theory]
    [InlineData("app", UpdateRecord.ClassAny, ResponseCode.NoError)]
    [InlineData("app", UpdateRecord.ClassNone, ResponseCode.YXDomain)]
    [InlineData("b", UpdateRecord.ClassAny, ResponseCode.NXDomain)]
    [InlineData("b", UpdateRecord.ClassNone, ResponseCode.NoError)]
    public void A_steered_name_is_in_use_and_an_empty_one_is_not(string name, int size, ResponseCode code) =>
        Assert.Equal(code, UpdateRules.Apply(Steered, [Any(name, RecordType.ANY, size, 0, 0)], [], out _));

    [Theory]
    [InlineData(10_000, ResponseCode.NoError)]
    [InlineData(10_001, ResponseCode.Refused)]
    public void An_update_has_so_many_records(int count, ResponseCode code) => Assert.Equal(code,
        Apply([], [.. Enumerable.Repeat(Record("www", RecordType.A, UpdateRecord.ClassAny, []), count)]).Code);

    [Theory]
    [InlineData("@", 2027, true)]
    [InlineData("@", 2026, false)]
    [InlineData("@", 2025, false)]
    [InlineData("www", 2027, false)]
    public void Only_a_later_SOA_of_the_origin_counts(string name, uint serial, bool counts)
    {
        byte[] soa = [0, 0, .. Soa.WithSerial(new byte[20], serial)];

        Assert.Equal(counts, !Apply([], [Record(name, RecordType.SOA, 1, soa, 300)]).Update.Sets.IsEmpty);
    }

    [Fact]
    public void Only_the_last_name_server_of_the_origin_stays()
    {
        byte[] first = DnsName.Parse("ns1.example.org").Wire.ToArray();
        byte[] second = DnsName.Parse("ns2.example.net").Wire.ToArray();

        Assert.Equal([second], Set(Record("@", RecordType.NS, UpdateRecord.ClassNone, first)).Data);
        Assert.Equal([second], Set(Record("@", RecordType.NS, UpdateRecord.ClassNone, first),
            Record("@", RecordType.NS, UpdateRecord.ClassNone, second)).Data);
        Assert.Empty(Set(Record("sub", RecordType.NS, UpdateRecord.ClassAny, [])).Data);
        Assert.Empty(Set(Record("@", RecordType.MX, UpdateRecord.ClassAny, [])).Data);
    }

    [Fact]
    public void An_alias_takes_the_place_of_the_one_before_and_of_what_the_same_update_deletes()
    {
        Assert.Equal([[0]], Set(Record("alias", RecordType.CNAME, 1, [0])).Data);
        Assert.Equal(RecordType.CNAME, Apply([],
            [Record("www", RecordType.ANY, UpdateRecord.ClassAny, []), Record("www", RecordType.CNAME, 1, [0])])
            .Update.Sets.Single(s => !s.Data.IsEmpty).Type);
        Assert.Equal(RecordType.A, Apply([],
            [Record("alias", RecordType.CNAME, UpdateRecord.ClassAny, []), Record("alias", RecordType.A, 1, Address)])
            .Update.Sets.Single(s => !s.Data.IsEmpty).Type);
        Assert.Equal([[1, (byte)'b', 0]], Set(Record("moved", RecordType.DNAME, 1, [1, (byte)'b', 0])).Data);
    }

    [Theory]
    [InlineData(RecordType.RRSIG)]
    [InlineData(RecordType.NSEC)]
    public void Records_of_the_signer_stand_beside_an_alias(RecordType type)
    {
        var builder = new ZoneBuilder(Zone.Origin);
        foreach (var set in Zone.Nodes.SelectMany(n => n.Sets))
            builder.Replace(set);
        builder.Replace(new Meridian.Dns.Records.RecordSet(DnsName.Parse("alias.example.org"), type, 60, [Address]));

        UpdateRules.Apply(builder.Build(out _)!, [], [Record("alias", RecordType.CNAME, 1, [0])], out var update);

        Assert.Equal([RecordType.CNAME], update.Sets.Select(s => s.Type));
    }

    private static readonly AuthoritativeZone Steered = BuildSteered();

    private static AuthoritativeZone BuildSteered()
    {
        var builder = new ZoneBuilder(Zone.Origin);
        foreach (var set in Zone.Nodes.SelectMany(n => n.Sets))
            builder.Replace(set);
        builder.Steer(DnsName.Parse("app.example.org"), new FixedSteered());
        builder.Steer(DnsName.Parse("a.b.example.org"), new FixedSteered());
        return builder.Build(out _)!;
    }

    private static Meridian.Dns.Records.RecordSet Set(params ImmutableArray<UpdateRecord> updates) =>
        Assert.Single(Apply([], updates).Update.Sets);

    private static UpdateRecord Any(string name, RecordType type, int size, uint ttl, int octets) =>
        Record(name, type, (ushort)size, new byte[octets]) with { Ttl = ttl };

    private static UpdateRecord Record(string name, RecordType type, ushort size, byte[] data, uint ttl = 0) =>
        new(DnsName.TryParse(name, Zone.Origin, out var owner, out _) ? owner : throw new FormatException(name), type,
            size, size == 1 ? ttl : 0, data);

    private static (ResponseCode Code,
        ZoneUpdate Update) Apply(ImmutableArray<UpdateRecord> prerequisites, ImmutableArray<UpdateRecord> updates)
    {
        var code = UpdateRules.Apply(Zone, prerequisites, updates, out var update);
        return (code, update);
    }
}
