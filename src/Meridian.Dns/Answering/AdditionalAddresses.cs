using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Answering;

/// <summary>Adds the addresses of names in NS, MX and SRV records, where the zone has them.</summary>
internal static class AdditionalAddresses
{
    /// <summary>Adds the addresses that there is room for.</summary>
    public static void Offer(AuthoritativeZone zone, RecordSet set, ref ResponseBuilder builder)
    {
        var skip = set.Type switch { RecordType.NS => 0, RecordType.MX => 2, RecordType.SRV => 6, _ => -1 };
        if (skip < 0)
            return;
        foreach (var data in set.Data)
        {
            if (Find(zone, data.AsSpan(skip)) is not { } node)
                continue;
            if (node.Find(RecordType.A) is { } v4)
                builder.Offer(v4);
            if (node.Find(RecordType.AAAA) is { } v6)
                builder.Offer(v6);
        }
    }

    /// <summary>
    /// Adds the glue of a referral; false when it does not fit (RFC 9471: then the response is truncated).
    /// </summary>
    public static bool TryGlue(AuthoritativeZone zone, RecordSet delegation, ref ResponseBuilder builder)
    {
        foreach (var data in delegation.Data)
        {
            if (Find(zone, data) is not { } node)
                continue;
            if (node.Find(RecordType.A) is { } v4 && !builder.TryGlue(v4))
                return false;
            if (node.Find(RecordType.AAAA) is { } v6 && !builder.TryGlue(v6))
                return false;
        }

        return true;
    }

    private static ZoneNode? Find(AuthoritativeZone zone, ReadOnlySpan<byte> target)
    {
        Span<byte> canonical = stackalloc byte[DnsName.MaxLength];
        DnsName.ToLower(target, canonical);
        return zone.Find(canonical[..target.Length]);
    }
}
