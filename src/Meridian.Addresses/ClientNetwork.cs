using System.Buffers.Binary;
using System.Net;

namespace Meridian.Addresses;

/// <summary>
/// Whom limits count as one client: an IPv4 address, or an IPv6 /64, which is the least that one customer gets
/// (RFC 6177 section 2).
/// </summary>
/// <param name="Bits">The address, IPv4 as <c>::ffff:a.b.c.d</c>, without the bits of an IPv6 host.</param>
public readonly record struct ClientNetwork(UInt128 Bits)
{
    private const int HostBits = 64;

    public bool IsIPv4 => Bits >> 32 == 0xFFFF;

    public static ClientNetwork Of(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(octets, out _);
        var whole = new ClientNetwork(BinaryPrimitives.ReadUInt128BigEndian(octets));
        return whole.IsIPv4 ? whole : new ClientNetwork(whole.Bits >> HostBits << HostBits);
    }
}
