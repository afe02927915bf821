using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>Data of NSEC records (RFC 4034 section 4).</summary>
internal static class NsecData
{
    /// <summary>Most octets of a bitmap with types below 512.</summary>
    public const int MaxBitmap = 2 * 34;

    /// <summary>Most octets of the data.</summary>
    public const int MaxLength = DnsName.MaxLength + 2 + MaxBitmap;

    /// <summary>Writes the bitmap of types in windows of 256 (section 4.1.2).</summary>
    /// <param name="types">The types, ascending.</param>
    /// <param name="buffer">Receives the bitmap.</param>
    public static int WriteBitmap(ReadOnlySpan<RecordType> types, Span<byte> buffer)
    {
        var length = 0;
        while (!types.IsEmpty)
        {
            var window = (byte)((ushort)types[0] >> 8);
            var bits = buffer.Slice(length + 2, 32);
            bits.Clear();
            var octets = 0;
            for (; !types.IsEmpty && (ushort)types[0] >> 8 == window; types = types[1..])
            {
                var low = (ushort)types[0] & 0xFF;
                bits[low / 8] |= (byte)(0x80 >> (low % 8));
                octets = (low / 8) + 1;
            }

            buffer[length] = window;
            buffer[length + 1] = (byte)octets;
            length += 2 + octets;
        }

        return length;
    }

    public static byte[] Of(DnsName next, IEnumerable<RecordType> types) =>
        [.. next.Wire, .. Bitmap([.. types.Distinct().Order()])];

    /// <summary>The bitmap of any types, ascending.</summary>
    public static byte[] Bitmap(RecordType[] types)
    {
        var buffer = new byte[34 * types.Select(t => (ushort)t >> 8).Distinct().Count()];
        return buffer[..WriteBitmap(types, buffer)];
    }
}
