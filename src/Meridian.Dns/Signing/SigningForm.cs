using System.Buffers.Binary;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>
/// A record set in the form that is signed (RFC 4034 section 3.1.8.1): owner, type and original TTL once, then the data
/// of each record in canonical form and order. The same octets are the key of its signatures in the cache.
/// </summary>
internal static class SigningForm
{
    /// <summary>Octets before the first record's data: at most a name, type, class and TTL.</summary>
    public const int MaxHead = DnsName.MaxLength + 8;

    /// <summary>Writes the form; false when there is no room.</summary>
    /// <param name="buffer">Receives the form.</param>
    /// <param name="owner">The owner, in any case.</param>
    /// <param name="type">The type.</param>
    /// <param name="ttl">The original TTL.</param>
    /// <param name="data">The data of all records one after the other, each of <paramref name="size"/> octets.</param>
    /// <param name="size">Octets of each.</param>
    /// <param name="length">Octets written.</param>
    public static bool TryWrite(
        Span<byte> buffer, ReadOnlySpan<byte> owner, RecordType type, uint ttl, ReadOnlySpan<byte> data, int size,
        out int length)
    {
        length = Head(buffer, owner, type, ttl);
        var count = data.Length / size;
        if (buffer.Length - length < count * (size + 2))
            return false;

        // Insertion sort: there are a handful of addresses.
        for (var i = 0; i < count; i++)
        {
            var item = data.Slice(i * size, size);
            var at = i;
            for (; at > 0 && Slot(buffer, length, at - 1, size).SequenceCompareTo(item) > 0; at--)
                Slot(buffer, length, at - 1, size).CopyTo(Slot(buffer, length, at, size));
            item.CopyTo(Slot(buffer, length, at, size));
            BinaryPrimitives.WriteUInt16BigEndian(buffer[(length + (i * (size + 2)))..], (ushort)size);
        }

        length += count * (size + 2);
        return true;
    }

    public static byte[] Of(ReadOnlySpan<byte> owner, RecordSet set)
    {
        var data = set.Data.Select(d => CanonicalData.Of(set.Type, d)).Distinct(ByteOrder.Instance)
            .Order(ByteOrder.Instance).ToArray();
        var form = new byte[MaxHead + data.Sum(d => d.Length + 2)];
        var length = Head(form, owner, set.Type, set.Ttl);
        foreach (var item in data)
        {
            BinaryPrimitives.WriteUInt16BigEndian(form.AsSpan(length), (ushort)item.Length);
            item.CopyTo(form, length + 2);
            length += item.Length + 2;
        }

        return form[..length];
    }

    /// <summary>Length of the owner, type, class and TTL at the start of a form.</summary>
    public static int HeadLength(ReadOnlySpan<byte> form) => RDataWriter.NameLength(form) + 8;

    private static int Head(Span<byte> buffer, ReadOnlySpan<byte> owner, RecordType type, uint ttl)
    {
        DnsName.ToLower(owner, buffer);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[owner.Length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(owner.Length + 2)..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[(owner.Length + 4)..], ttl);
        return owner.Length + 8;
    }

    private static Span<byte> Slot(Span<byte> buffer, int start, int index, int size) =>
        buffer.Slice(start + (index * (size + 2)) + 2, size);
}
