using System.Buffers.Binary;
using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Records as octets, for storage: owner, type, TTL and data of each, as on the wire without compression and class.
/// </summary>
public static class ZoneBytes
{
    private const int FixedLength = 8;

    public static byte[] Write(IEnumerable<MasterRecord> records)
    {
        var stream = new MemoryStream();
        Span<byte> numbers = stackalloc byte[FixedLength];
        foreach (var record in records)
        {
            stream.Write(record.Owner.Wire);
            BinaryPrimitives.WriteUInt16BigEndian(numbers, (ushort)record.Type);
            BinaryPrimitives.WriteUInt32BigEndian(numbers[2..], record.Ttl);
            BinaryPrimitives.WriteUInt16BigEndian(numbers[6..], (ushort)record.Data.Length);
            stream.Write(numbers);
            stream.Write(record.Data);
        }

        return stream.ToArray();
    }

    /// <summary>Reads the octets of <see cref="Write"/>; null where they are damaged.</summary>
    public static ImmutableArray<MasterRecord>? Read(ReadOnlySpan<byte> octets)
    {
        var records = ImmutableArray.CreateBuilder<MasterRecord>();
        var reader = new DnsReader(octets);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadWholeName(out var owner) || !reader.TryReadUInt16(out var type)
                || !reader.TryReadUInt32(out var ttl)
                || !reader.TryReadUInt16(out var length) || !reader.TryReadBytes(length, out var data)
                || !RDataFormat.IsValid((RecordType)type, data))
                return null;
            records.Add(new MasterRecord(DnsName.FromWire(owner), (RecordType)type, MasterTtl.Bound(ttl),
                data.ToArray(), "", 0));
        }

        return records.ToImmutable();
    }
}
