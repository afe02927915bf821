using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>Writes stored record data, compressing names only in the types of RFC 1035 (RFC 3597 section 4).</summary>
internal static class RDataWriter
{
    /// <summary>Writes length and data.</summary>
    public static bool TryWrite(ref DnsWriter writer, RecordType type, scoped ReadOnlySpan<byte> data)
    {
        var lengthAt = writer.Position;
        if (!writer.TryWriteUInt16((ushort)data.Length))
            return false;
        var start = writer.Position;
        if (!TryWriteBody(ref writer, type, data))
            return false;
        writer.Patch(lengthAt, (ushort)(writer.Position - start));
        return true;
    }

    private static bool TryWriteBody(ref DnsWriter writer, RecordType type, scoped ReadOnlySpan<byte> data)
    {
        switch (type)
        {
            case RecordType.NS or RecordType.CNAME or RecordType.PTR:
                return writer.TryWriteName(data);
            case RecordType.MX:
                return writer.TryWriteBytes(data[..2]) && writer.TryWriteName(data[2..]);
            case RecordType.SOA:
                var primary = NameLength(data);
                var contact = NameLength(data[primary..]);
                return writer.TryWriteName(data[..primary])
                    && writer.TryWriteName(data.Slice(primary, contact))
                    && writer.TryWriteBytes(data[(primary + contact)..]);
            default:
                return writer.TryWriteBytes(data);
        }
    }

    /// <summary>Length of the uncompressed name at the start of <paramref name="data"/>.</summary>
    public static int NameLength(ReadOnlySpan<byte> data)
    {
        var length = 0;
        while (data[length] != 0)
            length += data[length] + 1;
        return length + 1;
    }
}
