using System.Buffers.Binary;

namespace Meridian.Dns.Wire;

/// <summary>Reads a message front to back. Every <c>Try…</c> checks the length first and never throws.</summary>
public ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; private set; }

    /// <summary>What is not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _message[Position..];

    public readonly bool AtEnd => Position == _message.Length;

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (Position >= _message.Length)
            return false;
        value = _message[Position++];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_message[Position..], out value))
            return false;
        Position += 2;
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_message[Position..], out value))
            return false;
        Position += 4;
        return true;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count < 0 || _message.Length - Position < count)
            return false;
        bytes = _message.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>
    /// Reads a name into <paramref name="name"/> (at least 255 octets), following compression pointers
    /// (RFC 1035 section 4.1.4). A pointer must point before the name that it is found in, which bounds the work.
    /// </summary>
    public bool TryReadName(scoped Span<byte> name, out int length)
    {
        length = 0;
        var at = Position;
        var start = at;
        int? end = null;
        while (true)
        {
            if (at >= _message.Length)
                return false;
            var octet = _message[at];
            if ((octet & 0xC0) == 0xC0)
            {
                if (at + 1 >= _message.Length)
                    return false;
                var target = ((octet & 0x3F) << 8) | _message[at + 1];
                if (target >= start)
                    return false;
                end ??= at + 2;
                at = start = target;
                continue;
            }

            // 0x40 and 0x80 are reserved; extended labels are obsolete (RFC 6891 section 5).
            if ((octet & 0xC0) != 0 || length + octet + 1 > DnsName.MaxLength || at + octet + 1 > _message.Length)
                return false;
            _message.Slice(at, octet + 1).CopyTo(name[length..]);
            length += octet + 1;
            at += octet + 1;
            if (octet == 0)
                break;
        }

        Position = end ?? at;
        return true;
    }

    /// <summary>
    /// Reads an uncompressed name, where no name comes before it that a pointer could point to.
    /// </summary>
    public bool TryReadWholeName(out ReadOnlySpan<byte> name)
    {
        name = default;
        var at = Position;
        while (at < _message.Length)
        {
            var octet = _message[at];
            at += octet + 1;
            if (octet > DnsName.MaxLabel || at - Position > DnsName.MaxLength)
                return false;
            if (octet != 0)
                continue;
            name = _message[Position..at];
            Position = at;
            return true;
        }

        return false;
    }

    /// <summary>Steps over a name without following pointers.</summary>
    public bool TrySkipName()
    {
        while (TryReadByte(out var octet))
        {
            if (octet == 0)
                return true;
            if ((octet & 0xC0) == 0xC0)
                return TryReadByte(out _);
            if ((octet & 0xC0) != 0 || !TryReadBytes(octet, out _))
                return false;
        }

        return false;
    }
}
