using System.Buffers.Binary;

namespace Meridian.Dns.Wire;

/// <summary>Lets tables keyed by <see cref="DnsName"/> be asked with the canonical wire octets alone.</summary>
internal sealed class DnsNameComparer : IEqualityComparer<DnsName>, IAlternateEqualityComparer<ReadOnlySpan<byte>, DnsName>
{
    public static DnsNameComparer Instance { get; } = new();

    public bool Equals(DnsName? x, DnsName? y) => x is null ? y is null : x.Equals(y);

    public int GetHashCode(DnsName obj) => Hash(obj.Canonical);

    public bool Equals(ReadOnlySpan<byte> alternate, DnsName other) => alternate.SequenceEqual(other.Canonical);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

    public DnsName Create(ReadOnlySpan<byte> alternate) => DnsName.FromWire(alternate);

    // Keys come from the configuration, never from the wire, so a fixed hash is no attack surface.
    internal static int Hash(ReadOnlySpan<byte> octets)
    {
        var hash = 0x9E3779B97F4A7C15UL ^ (ulong)octets.Length;
        while (octets.Length >= 8)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(octets)) * 0xFF51AFD7ED558CCDUL;
            hash ^= hash >> 32;
            octets = octets[8..];
        }

        foreach (var octet in octets)
            hash = (hash ^ octet) * 0x100000001B3UL;
        return (int)(hash ^ (hash >> 29));
    }
}
