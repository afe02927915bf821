using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Updates;

/// <summary>One record of an UPDATE message; its class says what it means (RFC 2136 sections 2.4 and 2.5).</summary>
internal sealed record UpdateRecord(DnsName Owner, RecordType Type, ushort Class, uint Ttl, byte[] Data)
{
    public const ushort ClassIn = 1;
    public const ushort ClassNone = 254;
    public const ushort ClassAny = 255;

    /// <summary>Reads zone, prerequisites and updates; false where the message is malformed.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> message,
        [NotNullWhen(true)] out DnsName? zone,
        out ImmutableArray<UpdateRecord> prerequisites,
        out ImmutableArray<UpdateRecord> updates)
    {
        zone = null;
        prerequisites = updates = [];
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        var reader = new DnsReader(message);
        if (!reader.TryReadUInt32(out _) || !reader.TryReadUInt16(out var zones) || !reader.TryReadUInt16(out var first)
            || !reader.TryReadUInt16(out var second) || !reader.TryReadUInt16(out _) || zones != 1
            || !reader.TryReadName(name, out var length) || !reader.TryReadUInt16(out var type)
            || !reader.TryReadUInt16(out var size)
            || type != (ushort)RecordType.SOA || size != ClassIn
            || !TryReadSection(ref reader, first, out prerequisites)
            || !TryReadSection(ref reader, second, out updates))
            return false;
        zone = DnsName.FromWire(name[..length]);
        return true;
    }

    private static bool TryReadSection(ref DnsReader reader, int count, out ImmutableArray<UpdateRecord> records)
    {
        records = [];
        var list = ImmutableArray.CreateBuilder<UpdateRecord>();
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadName(name, out var length) || !reader.TryReadUInt16(out var type)
                || !reader.TryReadUInt16(out var size)
                || !reader.TryReadUInt32(out var ttl)
                || !RDataReader.TryRead(ref reader, (RecordType)type, out var data))
                return false;
            if (data.Length > 0 && size != ClassAny && !RDataFormat.IsValid((RecordType)type, data))
                return false;
            list.Add(new UpdateRecord(DnsName.FromWire(name[..length]), (RecordType)type, size,
                MasterTtl.Bound(ttl), data));
        }

        records = list.ToImmutable();
        return true;
    }
}
