using System.Net;
using Meridian.Dns.Serving;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Transfers;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Dns.Tests.Transfers;

public sealed class ZonePublisherTests
{
    private const string Digest = "@ ZONEMD 5 1 1 000102030405060708090A0B0C0D0E0F\n";
    private const uint Now = 1_795_000_000;

    private static readonly DnsName Origin = DnsName.Parse("example.org");
    private static readonly AccessRule Anybody = new(null, [IPNetwork.Parse("127.0.0.0/8")]);
    private static readonly ZonePolicy Copied = new() { Transfer = [Anybody] };
    private static readonly ZonePolicy Updated = new() { Update = [Anybody] };

    // The clock is behind where it has gone back, or where a burst of changes has run ahead of it.
    [Theory]
    [InlineData(Now - 50, Now)]
    [InlineData(Now, Now + ZonePublisher.Gap)]
    [InlineData(Now + 50, Now + 50 + ZonePublisher.Gap)]
    [InlineData(uint.MaxValue, Now)] // RFC 1982: the time is later than that
    public void A_zone_that_changes_begins_after_its_last_serial_whatever_the_clock_says(uint last, uint first) =>
        Assert.Equal(first, First(Updated, 5, last));

    [Theory]
    [InlineData(5, 5, 5)]
    [InlineData(6, 5, 6)]
    [InlineData(5, 7, 7 + ZonePublisher.Gap)] // it had to be raised, since its file changed and its serial did not
    public void A_zone_that_does_not_change_by_itself_keeps_its_serial_if_none_was_later(uint own, uint last,
        uint first) => Assert.Equal(first, First(Copied, own, last));

    [Fact]
    public void A_zone_without_a_remembered_serial_begins_with_the_time()
    {
        var publisher = new ZonePublisher(Clock());

        Assert.Equal(Now, Publish(publisher, Zone(Updated, 5)).Serial);
    }

    [Fact]
    public void A_digest_is_served_with_the_serial_that_it_was_made_for()
    {
        var publisher = new ZonePublisher(Clock());

        Assert.NotNull(DigestOf(Publish(publisher, Zone(Copied, 5, Digest))));
        Assert.NotNull(DigestOf(Publish(publisher, Zone(Copied, 6, Digest + "a A 192.0.2.1\n"))));
    }

    [Fact]
    public void A_digest_is_left_out_where_the_serial_had_to_be_raised_and_the_version_stays_the_same()
    {
        var publisher = new ZonePublisher(Clock());
        Publish(publisher, Zone(Copied, 5, Digest));
        var changed = Zone(Copied, 5, Digest + "a A 192.0.2.1\n");

        var served = Publish(publisher, changed);

        Assert.Null(DigestOf(served));
        Assert.True(Soa.IsLater(served.Serial, 5));
        Assert.NotNull(served.Find(DnsName.Parse("a.example.org").Canonical));
        Assert.Equal(served.Serial, Publish(publisher, changed).Serial);
        Assert.NotNull(DigestOf(Publish(publisher, Zone(Copied, served.Serial + 1, Digest))));
    }

    [Fact]
    public void Of_zones_that_are_the_same_only_those_of_changed_names_are_compared()
    {
        var (first, second) = (new FixedSteered(), new FixedSteered());
        var publisher = new ZonePublisher(Clock());
        var zones = new ZoneSet([Steering("a.example", first), Steering("b.example", second)]);
        var served = publisher.Publish(zones).Zones;
        var asked = (first.Times, second.Times);

        var (again, changed) = publisher.Publish(zones, [DnsName.Parse("app.a.example"), DnsName.Parse("x.b.example")]);

        Assert.Empty(changed);
        Assert.True(first.Times > asked.Item1);
        Assert.Equal(asked.Item2, second.Times);
        Assert.Equal(served.Zones.Select(z => z.Serial), again.Zones.Select(z => z.Serial));
    }

    private static AuthoritativeZone Steering(string origin, FixedSteered steered)
    {
        var builder = new ZoneBuilder(DnsName.Parse(origin), Copied);
        const string text = "$TTL 60\n@ SOA ns.example.net. h 1 1 1 1 1\n@ NS ns.example.net.\n";
        foreach (var record in MasterFile.Read("f", text, DnsName.Parse(origin), _ => null).Records)
            builder.Add(record);
        builder.Steer(DnsName.Parse($"app.{origin}"), steered);
        return builder.Build(out _)!;
    }

    private static uint First(ZonePolicy policy, uint serial, uint last) =>
        Publish(new ZonePublisher(Clock(), new Dictionary<DnsName, uint> { [Origin] = last }), Zone(policy, serial))
            .Serial;

    private static AuthoritativeZone Publish(ZonePublisher publisher, AuthoritativeZone zone) =>
        publisher.Publish(new ZoneSet([zone])).Zones.Find(Origin.Canonical)!;

    private static object? DigestOf(AuthoritativeZone zone) => zone.Apex.Find(RecordType.ZONEMD);

    private static FakeTimeProvider Clock() => new(DateTimeOffset.FromUnixTimeSeconds(Now));

    private static AuthoritativeZone Zone(ZonePolicy policy, uint serial, string more = "")
    {
        var text = $"$TTL 60\n@ SOA ns.example.net. h {serial} 1 1 1 1\n@ NS ns.example.net.\n{more}";
        var builder = new ZoneBuilder(Origin, policy);
        foreach (var record in MasterFile.Read("f", text, Origin, _ => null).Records)
            builder.Add(record);
        return builder.Build(out _)!;
    }
}
