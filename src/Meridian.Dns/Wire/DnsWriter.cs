using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Meridian.Dns.Wire;

/// <summary>
/// Writes a message front to back with name compression. A <c>Try…</c> that returns false has run out of room; the
/// caller rewinds to a <see cref="Position"/> that it remembers.
/// </summary>
public ref struct DnsWriter(Span<byte> message)
{
    private const int MaxTargets = 24;
    private const int MaxPointer = 0x3FFF;

    private readonly Span<byte> _message = message;
    private TargetList _targets;
    private int _targetCount;

    public int Position { get; private set; }

    /// <summary>Octets that may be used; less than the buffer while room is reserved for the last record.</summary>
    public int Limit { get; set; } = message.Length;

    public readonly ReadOnlySpan<byte> Written => _message[..Position];

    /// <summary>Forgets what was written after <paramref name="position"/>.</summary>
    public void RewindTo(int position)
    {
        Position = position;
        while (_targetCount > 0 && _targets[_targetCount - 1] >= position)
            _targetCount--;
    }

    public bool TryWriteByte(byte value)
    {
        if (Position >= Limit)
            return false;
        _message[Position++] = value;
        return true;
    }

    public bool TryWriteUInt16(ushort value)
    {
        if (Limit - Position < 2)
            return false;
        BinaryPrimitives.WriteUInt16BigEndian(_message[Position..], value);
        Position += 2;
        return true;
    }

    public bool TryWriteUInt32(uint value)
    {
        if (Limit - Position < 4)
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(_message[Position..], value);
        Position += 4;
        return true;
    }

    public bool TryWriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        if (Limit - Position < bytes.Length)
            return false;
        bytes.CopyTo(_message[Position..]);
        Position += bytes.Length;
        return true;
    }

    /// <summary>Sets a 16-bit value that was written before.</summary>
    public readonly void Patch(int position, ushort value) =>
        BinaryPrimitives.WriteUInt16BigEndian(_message[position..], value);

    public readonly ushort Peek(int position) => BinaryPrimitives.ReadUInt16BigEndian(_message[position..]);

    /// <summary>Writes a whole name and remembers its labels as targets for compression.</summary>
    public bool TryWriteUncompressed(scoped ReadOnlySpan<byte> name)
    {
        var start = Position;
        if (!TryWriteBytes(name))
            return false;
        for (var offset = 0; name[offset] != 0; offset += name[offset] + 1)
            Remember(start + offset);
        return true;
    }

    /// <summary>
    /// Writes a name, ending it with a pointer to the longest suffix that the message already contains.
    /// </summary>
    public bool TryWriteName(scoped ReadOnlySpan<byte> name)
    {
        var start = Position;
        for (var offset = 0; ; offset += name[offset] + 1)
        {
            if (name[offset] == 0)
            {
                if (!TryWriteBytes(name))
                    return false;
                RememberLabels(name, start, offset);
                return true;
            }

            if (!TryFindTarget(name[offset..], out var target))
                continue;
            if (Limit - Position < offset + 2)
                return false;
            TryWriteBytes(name[..offset]);
            TryWriteUInt16((ushort)(0xC000 | target));
            RememberLabels(name, start, offset);
            return true;
        }
    }

    /// <summary>Writes copies of the record that ends here, each with data of its own of the same length.</summary>
    /// <param name="length">Octets of the record, all but its owner pointer fixed.</param>
    /// <param name="data">The data of the copies, one after the other.</param>
    /// <param name="size">Octets of data in each.</param>
    /// <param name="count">Counts the copies.</param>
    public bool TryRepeatRecord(int length, scoped ReadOnlySpan<byte> data, int size, ref ushort count)
    {
        var copies = data.Length / size;
        if (Limit - Position < copies * length)
            return false;
        var pattern = _message.Slice(Position - length, length - size);
        for (; !data.IsEmpty; data = data[size..])
        {
            pattern.CopyTo(_message[Position..]);
            data[..size].CopyTo(_message[(Position + length - size)..]);
            Position += length;
        }

        count += (ushort)copies;
        return true;
    }

    private void RememberLabels(scoped ReadOnlySpan<byte> name, int start, int end)
    {
        for (var offset = 0; offset < end; offset += name[offset] + 1)
            Remember(start + offset);
    }

    private void Remember(int position)
    {
        if (_targetCount < MaxTargets && position <= MaxPointer)
            _targets[_targetCount++] = (ushort)position;
    }

    private readonly bool TryFindTarget(scoped ReadOnlySpan<byte> suffix, out ushort target)
    {
        target = default;
        for (var i = 0; i < _targetCount; i++)
        {
            target = _targets[i];
            if (Matches(target, suffix))
                return true;
        }

        return false;
    }

    // The written name may itself end in a pointer, always to an earlier place.
    private readonly bool Matches(int at, scoped ReadOnlySpan<byte> suffix)
    {
        var offset = 0;
        while (true)
        {
            var octet = _message[at];
            if ((octet & 0xC0) == 0xC0)
            {
                at = ((octet & 0x3F) << 8) | _message[at + 1];
                continue;
            }

            if (octet != suffix[offset])
                return false;
            if (octet == 0)
                return true;
            if (!EqualsIgnoringCase(_message.Slice(at + 1, octet), suffix.Slice(offset + 1, octet)))
                return false;
            at += octet + 1;
            offset += octet + 1;
        }
    }

    private static bool EqualsIgnoringCase(scoped ReadOnlySpan<byte> a, scoped ReadOnlySpan<byte> b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i] && ((a[i] ^ b[i]) != 0x20 || (uint)((a[i] | 0x20) - 'a') > 'z' - 'a'))
                return false;
        }

        return true;
    }

    [InlineArray(MaxTargets)]
    private struct TargetList
    {
        private ushort _first;
    }
}
