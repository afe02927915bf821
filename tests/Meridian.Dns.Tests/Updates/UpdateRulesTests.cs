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
