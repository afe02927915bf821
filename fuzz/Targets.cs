using System.Collections.Frozen;
using System.Net;
using System.Text;
using Meridian.Dns.Answering;
using Meridian.Dns.Cookies;
using Meridian.Dns.Serving;
using Meridian.Dns.Signing;
using Meridian.Dns.Sockets;
using Meridian.Dns.Tsig;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Fuzz;

/// <summary>What hostile octets reach, each from its outermost door.</summary>
internal static class Targets
{
    private const string Text = """
        $TTL 300
        @ SOA ns1 hostmaster 1 3600 600 86400 30
        @ NS ns1
        ns1 A 192.0.2.53
        www A 192.0.2.80
        alias CNAME www
        *.wild TXT "w"
        old DNAME wild
        sub NS ns.sub
        ns.sub A 192.0.2.54
        """;

    private static readonly DnsName Origin = DnsName.Parse("example.org");
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Responder Responder =
        new(new ResponderOptions { Cookies = new CookieJar([new byte[16]]), Nsid = "n" });
    private static readonly ZoneSet Plain = Zones(null);
    private static readonly ZoneSet Signed =
        Zones(new ZoneSigner(Origin, [SigningKey.Create(Origin, KeyRole.Csk, KeyTimes.From(Now))], Now));
    private static readonly MessageService Service = new(Responder, new ZoneHolder { Current = Plain }, new NoChanges(),
        TimeProvider.System, _ => { });

    public static FrozenDictionary<string, Action<Stream>> All { get; } = new Dictionary<string, Action<Stream>>
    {
        ["query"] = stream => Query(Plain, stream),
        ["signed"] = stream => Query(Signed, stream),
        ["message"] = Message,
        ["zone"] = MasterText,
    }.ToFrozenDictionary();

    private static void Query(ZoneSet zones, Stream stream)
    {
        Span<byte> response = stackalloc byte[1232];
        var query = Read(stream);
        var summary = Responder.Respond(zones, query, response, new Requester([192, 0, 2, 1], Transport.Udp, 1, Now));
        if (summary.Length is < 0 or (> 0 and < 12) || (summary.Length > 0 && (response[2] & 0x80) == 0))
            throw new InvalidOperationException("the response is no response");
    }

    private static void Message(Stream stream) =>
        Service.HandleAsync(Read(stream), IPAddress.Loopback, Transport.Tcp, _ => ValueTask.CompletedTask, default)
        .AsTask().GetAwaiter().GetResult();

    private static void MasterText(Stream stream)
    {
        var (records, _) = MasterFile.Read("z", Encoding.UTF8.GetString(Read(stream)), Origin, _ => null);
        var builder = new ZoneBuilder(Origin);
        foreach (var record in records)
            builder.Add(record);
        builder.Build(out _);
    }

    private static byte[] Read(Stream stream)
    {
        using var octets = new MemoryStream();
        stream.CopyTo(octets);
        return octets.ToArray();
    }

    private static ZoneSet Zones(ZoneSigner? signer)
    {
        var everyone = new AccessRule(null, []);
        var builder = new ZoneBuilder(Origin, new ZonePolicy { Transfer = [everyone], Update = [everyone] }, signer);
        foreach (var record in MasterFile.Read("z", Text, Origin, _ => null).Records)
            builder.Add(record);
        return new ZoneSet([builder.Build(out _)!],
            [new SharedKey(DnsName.Parse("xfr"), TsigAlgorithm.HmacSha256, new byte[32])]);
    }

    private sealed class NoChanges : IZoneChanges
    {
        public void Notified(AuthoritativeZone zone, IPAddress primary)
        {
            // Nothing is followed here.
        }

        public ValueTask<bool> ApplyAsync(AuthoritativeZone zone, Func<AuthoritativeZone, ZoneUpdate?> evaluate,
            CancellationToken cancellationToken)
        {
            evaluate(zone);
            return ValueTask.FromResult(true);
        }
    }
}
