using Meridian.Dns.Serving;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Support;

internal static class TestZones
{
    /// <summary>A zone with one of everything that the answering rules speak of.</summary>
    public const string Example = """
        $TTL 300
        @           IN SOA ns1 hostmaster 2026 3600 600 86400 30
                    IN NS ns1
                    IN NS ns2.example.net.
                    IN MX 10 mail
        ns1         IN A 192.0.2.53
                    IN AAAA 2001:db8::53
        mail        IN A 192.0.2.25
        www     60  IN A 192.0.2.80
                60  IN A 192.0.2.81
        WWW     60  IN AAAA 2001:db8::80
        alias       IN CNAME www
        chain       IN CNAME alias
        away        IN CNAME target.example.net.
        dangling    IN CNAME nothing
        loop        IN CNAME loop2
        loop2       IN CNAME loop
        a.deep.empty IN TXT "leaf"
        *.wild      IN TXT "wild"
        *.wild      IN A 192.0.2.99
        host.wild   IN A 192.0.2.98
        sub.host.wild IN A 192.0.2.97
        *.cwild     IN CNAME www
        sub         IN NS ns.sub
                    IN NS ns.elsewhere.net.
                    IN DS 12345 13 2 0000000000000000000000000000000000000000000000000000000000000000
        ns.sub      IN A 192.0.2.54
        moved       IN DNAME new.example.org.
        inner       IN DNAME wild
        _sip._tcp   IN SRV 0 5 5060 mail
        caa         IN CAA 0 issue "ca.example.net"
        odd         IN TYPE65280 \# 4 0A0B0C0D
        """;

    /// <summary>The zone with a key of its own.</summary>
    public static AuthoritativeZone Signed(string origin, string text) => Build(origin, text,
        new ZoneSigner(DnsName.Parse(origin),
            [SigningKey.Create(DnsName.Parse(origin), KeyRole.Csk, KeyTimes.From(DateTimeOffset.UnixEpoch))],
            DateTimeOffset.UtcNow));

    public static AuthoritativeZone Build(
        string origin, string text, ZoneSigner? signer = null, ZonePolicy? policy = null)
    {
        var name = DnsName.Parse(origin);
        var (records, faults) = MasterFile.Read("test.zone", text, name, _ => null);
        Assert.Empty(faults);
        var builder = new ZoneBuilder(name, policy, signer);
        foreach (var record in records)
            builder.Add(record);
        var zone = builder.Build(out faults);
        Assert.Empty(faults);
        return zone!;
    }

    public static ZoneSet ExampleSet { get; } = new([Build("example.org", Example)]);
}
