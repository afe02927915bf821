using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>
/// Checks octets from a message or in the form of RFC 3597: they must be whole data where the server itself interprets
/// the type. Types that it only copies may hold anything.
/// </summary>
internal static class RDataShape
{
    public static bool IsValid(RecordType type, ReadOnlySpan<byte> data) => type switch
    {
        RecordType.A => data.Length == 4,
        RecordType.AAAA => data.Length == 16,
        RecordType.NS or RecordType.CNAME or RecordType.PTR or RecordType.DNAME =>
            IsName(data, out var used) && used == data.Length,
        RecordType.MX => data.Length > 2 && IsName(data[2..], out var used) && used == data.Length - 2,
        RecordType.SRV => data.Length > 6 && IsName(data[6..], out var used) && used == data.Length - 6,
        RecordType.SOA =>
            IsName(data, out var first) && IsName(data[first..], out var second) && data.Length - first - second == 20,
        _ => true,
    };

    private static bool IsName(ReadOnlySpan<byte> data, out int used)
    {
        used = 0;
        while (used < data.Length && used < DnsName.MaxLength)
        {
            var label = data[used];
            used += label + 1;
            if (label == 0)
                return true;
            if (label > DnsName.MaxLabel)
                return false;
        }

        return false;
    }
}
