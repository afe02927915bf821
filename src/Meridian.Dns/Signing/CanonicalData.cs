using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>Record data with the names in it in lower case (RFC 4034 section 6.2, RFC 6840 section 5.1).</summary>
internal static class CanonicalData
{
    public static byte[] Of(RecordType type, byte[] data)
    {
        var (start, names) = type switch
        {
            RecordType.NS or RecordType.CNAME or RecordType.PTR or RecordType.DNAME => (0, 1),
            RecordType.SOA => (0, 2),
            RecordType.MX => (2, 1),
            RecordType.SRV => (6, 1),
            RecordType.NAPTR => (NaptrName(data), 1),
            _ => (0, 0),
        };
        if (names == 0)
            return data;
        var copy = (byte[])data.Clone();
        for (; names > 0; names--)
        {
            var length = RDataWriter.NameLength(data.AsSpan(start));
            DnsName.ToLower(data.AsSpan(start, length), copy.AsSpan(start));
            start += length;
        }

        return copy;
    }

    // Order and preference, then three texts.
    private static int NaptrName(byte[] data)
    {
        var at = 4;
        for (var i = 0; i < 3; i++)
            at += data[at] + 1;
        return at;
    }
}
