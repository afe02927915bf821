using System.Diagnostics.CodeAnalysis;
using Meridian.Dns.Records.Fields;
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
        var whole = new List<byte>();
        if (length > 0 && RDataFormat.Of(type) is { LastName: >= 0 } format
            && !TryReadToLastName(ref reader, format, end, whole))
            return false;
        if (!reader.TryReadBytes(end - reader.Position, out var rest))
            return false;
        whole.AddRange(rest);
        data = [.. whole];
        return true;
    }

    private static bool TryReadToLastName(ref DnsReader reader, RDataFormat format, int end, List<byte> whole)
    {
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        foreach (var field in format.Fields.AsSpan(0, format.LastName + 1))
        {
            if (field is NameField)
            {
                if (!reader.TryReadName(name, out var used))
                    return false;
                whole.AddRange(name[..used]);
            }
            else if (reader.TryReadBytes(field.LengthOf(reader.Rest), out var octets))
            {
                whole.AddRange(octets);
            }
            else
            {
                return false;
            }
        }

        return reader.Position <= end;
    }
}
