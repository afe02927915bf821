namespace Meridian.Steering.Plans;

/// <summary>What a choice may know of the client.</summary>
/// <param name="Address">4 or 16 octets, unknown bits zero.</param>
/// <param name="Bits">How many bits are known.</param>
public readonly ref struct ClientView(ReadOnlySpan<byte> Address, int Bits)
{
    /// <summary>
    /// Prefix that policy Sticky looks at: a /24 or a /56, the sizes that resolvers send (RFC 7871 section 11.1).
    /// </summary>
    public const int StickyV4Bits = 24;

    public const int StickyV6Bits = 56;

    public ReadOnlySpan<byte> Address { get; } = Address;

    public int Bits { get; } = Bits;

    /// <summary>Bits that policy Sticky looks at.</summary>
    public byte StickyBits => (byte)(Address.Length == 4 ? StickyV4Bits : StickyV6Bits);

    /// <summary>Hash of the prefix that policy Sticky looks at.</summary>
    public ulong StickyHash()
    {
        // Three octets of IPv4, seven of IPv6: a number either way.
        var prefix = 0UL;
        foreach (var octet in Address[..(StickyBits / 8)])
            prefix = (prefix << 8) | octet;
        return Mixing.Mix(prefix ^ ((ulong)Address.Length << 56));
    }
}
