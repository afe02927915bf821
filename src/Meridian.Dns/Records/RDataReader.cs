using System.Diagnostics.CodeAnalysis;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>
/// Reads record data from a message and expands compressed names, in the types that may have them (RFC 3597
/// section 4).
/// </summary>
internal static class RDataReader
{
    /// <summary>Reads length and data; false where they reach beyond the message or do not fit the type.</summary>
    public static bool TryRead(ref DnsReader reader, RecordType type, [NotNullWhen(true)] out byte[]? data)
    {
        data = null;
        if (!reader.TryReadUInt16(out var length))
            return false;
        var end = reader.Position + length;
        var before = type switch
        {
            RecordType.NS or RecordType.CNAME or RecordType.PTR or RecordType.DNAME or RecordType.SOA => 0,
            RecordType.MX => 2,
            RecordType.SRV => 6,
            _ => -1,
        };
        if (before < 0 || length == 0)
        {
            if (!reader.TryReadBytes(length, out var plain))
                return false;
            data = plain.ToArray();
            return true;
        }

        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        var whole = new List<byte>();
        if (!reader.TryReadBytes(before, out var head))
            return false;
        whole.AddRange(head);
        for (var names = type == RecordType.SOA ? 2 : 1; names > 0; names--)
        {
            if (!reader.TryReadName(name, out var used))
                return false;
            whole.AddRange(name[..used]);
        }

        if (!reader.TryReadBytes(end - reader.Position, out var rest))
            return false;
        whole.AddRange(rest);
        data = [.. whole];
        return true;
    }
}
