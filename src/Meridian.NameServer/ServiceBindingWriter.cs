using System.Buffers.Binary;

namespace Meridian.NameServer;

/// <summary>Writes the data of an HTTPS or SVCB record (RFC 9460 section 2.2).</summary>
internal ref struct ServiceBindingWriter(Span<byte> buffer)
{
    public const ushort Alpn = 1;
    public const ushort Port = 3;
    public const ushort Ipv4Hint = 4;
    public const ushort Ipv6Hint = 6;

    private readonly Span<byte> _buffer = buffer;
    private int _lengthAt;

    public int Length { get; private set; }

    /// <summary>Begins a parameter; keys ascend.</summary>
    public void Begin(ushort key)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], key);
        _lengthAt = Length + 2;
        Length += 4;
    }

    public void Add(scoped ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(_buffer[Length..]);
        Length += octets.Length;
    }

    public readonly void End() =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_lengthAt..], (ushort)(Length - _lengthAt - 2));
}
