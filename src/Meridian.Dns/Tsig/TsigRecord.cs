using Meridian.Dns.Wire;

namespace Meridian.Dns.Tsig;

/// <summary>The TSIG record at the end of a message (RFC 8945 section 4.2).</summary>
public readonly ref struct TsigRecord
{
    private const ushort ClassAny = 255;

    private TsigRecord(ReadOnlySpan<byte> message, int start)
    {
        Signed = message[..start];
    }

    /// <summary>The message up to the record.</summary>
    public ReadOnlySpan<byte> Signed { get; }

    /// <summary>Name of the key in canonical form.</summary>
    public ReadOnlySpan<byte> Key { get; private init; }

    /// <summary>Name of the algorithm in canonical form.</summary>
    public ReadOnlySpan<byte> Algorithm { get; private init; }

    /// <summary>Seconds since 1970.</summary>
    public long Time { get; private init; }

    /// <summary>Seconds that the clocks may differ.</summary>
    public ushort Fudge { get; private init; }

    public ReadOnlySpan<byte> Mac { get; private init; }

    public ushort OriginalId { get; private init; }

    public ushort Error { get; private init; }

    public ReadOnlySpan<byte> Other { get; private init; }

    /// <summary>Finds the record; false where the message has none.</summary>
    /// <param name="message">A whole message.</param>
    /// <param name="record">The record.</param>
    /// <param name="malformed">Whether there is a record that is broken or not the last one.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, out TsigRecord record, out bool malformed)
    {
        record = default;
        malformed = true;
        var reader = new DnsReader(message);
        if (!reader.TryReadUInt32(out _) || !reader.TryReadUInt16(out var questions)
            || !reader.TryReadUInt16(out var answers)
            || !reader.TryReadUInt16(out var authorities) || !reader.TryReadUInt16(out var additionals))
            return false;
        for (var i = 0; i < questions; i++)
        {
            if (!reader.TrySkipName() || !reader.TryReadUInt32(out _))
                return false;
        }

        var records = answers + authorities + additionals;
        for (var i = 0; i < records; i++)
        {
            var start = reader.Position;
            if (!reader.TrySkipName() || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var size)
                || !reader.TryReadUInt32(out _) || !reader.TryReadUInt16(out var length)
                || !reader.TryReadBytes(length, out _))
                return false;
            if (type != (ushort)RecordType.TSIG)
                continue;
            return i == records - 1 && additionals > 0 && size == ClassAny && reader.AtEnd
                && TryReadBody(message, start, out record, out malformed);
        }

        malformed = false;
        return false;
    }

    private static bool TryReadBody(ReadOnlySpan<byte> message, int start, out TsigRecord record, out bool malformed)
    {
        record = default;
        malformed = true;
        var key = new byte[DnsName.MaxLength];
        var algorithm = new byte[DnsName.MaxLength];
        var reader = new DnsReader(message);
        reader.TryReadBytes(start, out _);
        if (!reader.TryReadName(key, out var keyLength) || !reader.TryReadUInt32(out _)
            || !reader.TryReadUInt32(out var ttl)
            || ttl != 0 || !reader.TryReadUInt16(out _) || !reader.TryReadName(algorithm, out var algorithmLength)
            || !reader.TryReadUInt16(out var high) || !reader.TryReadUInt32(out var low)
            || !reader.TryReadUInt16(out var fudge)
            || !reader.TryReadUInt16(out var size) || !reader.TryReadBytes(size, out var mac)
            || !reader.TryReadUInt16(out var id) || !reader.TryReadUInt16(out var error)
            || !reader.TryReadUInt16(out var otherSize) || !reader.TryReadBytes(otherSize, out var other)
            || !reader.AtEnd)
            return false;
        DnsName.ToLower(key.AsSpan(0, keyLength), key);
        DnsName.ToLower(algorithm.AsSpan(0, algorithmLength), algorithm);
        malformed = false;
        record = new TsigRecord(message, start)
        {
            Key = key.AsSpan(0, keyLength),
            Algorithm = algorithm.AsSpan(0, algorithmLength),
            Time = ((long)high << 32) | low,
            Fudge = fudge,
            Mac = mac,
            OriginalId = id,
            Error = error,
            Other = other,
        };
        return true;
    }
}
