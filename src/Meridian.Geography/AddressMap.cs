using System.Buffers.Binary;

namespace Meridian.Geography;

/// <summary>
/// Maps every IPv4 and IPv6 address to a number by sorted range starts; neighbours with the same number are one range.
/// A look-up is a binary search and allocates nothing.
/// </summary>
public sealed class AddressMap
{
    /// <summary>The number of an address that no range covers.</summary>
    public const int Nothing = -1;

    private readonly Ranges<uint> _v4;
    private readonly Ranges<UInt128> _v6;

    internal AddressMap(Ranges<uint> v4, Ranges<UInt128> v6)
    {
        _v4 = v4;
        _v6 = v6;
    }

    /// <summary>Maps everything to <see cref="Nothing"/>.</summary>
    public static AddressMap Empty { get; } =
        new(Ranges<uint>.Everything(Nothing), Ranges<UInt128>.Everything(Nothing));

    /// <summary>Number of ranges, both families together.</summary>
    public int RangeCount => _v4.Count + _v6.Count;

    /// <summary>Builds a map from networks that are disjoint or nested; the longest prefix wins.</summary>
    public static AddressMap FromNetworks(IEnumerable<(System.Net.IPNetwork Network, int Value)> networks)
    {
        var v4 = new List<NestedRange<uint>>();
        var v6 = new List<NestedRange<UInt128>>();
        foreach (var (network, value) in networks)
        {
            var bytes = network.BaseAddress.GetAddressBytes();
            if (bytes.Length == 4)
            {
                var start = BinaryPrimitives.ReadUInt32BigEndian(bytes);
                v4.Add(new NestedRange<uint>(start,
                    start | (network.PrefixLength == 0
                        ? uint.MaxValue : (uint)((1UL << (32 - network.PrefixLength)) - 1)), value));
            }
            else
            {
                var start = BinaryPrimitives.ReadUInt128BigEndian(bytes);
                v6.Add(new NestedRange<UInt128>(start,
                    start | (network.PrefixLength == 0
                        ? UInt128.MaxValue : (UInt128.One << (128 - network.PrefixLength)) - 1), value));
            }
        }

        return FromRanges(v4, v6);
    }

    /// <summary>Builds a map from ranges that are disjoint or nested; the innermost wins.</summary>
    internal static AddressMap FromRanges(List<NestedRange<uint>> v4, List<NestedRange<UInt128>> v6) =>
        new(Ranges<uint>.Flatten(v4), Ranges<UInt128>.Flatten(v6));

    /// <summary>The number of an address of 4 or 16 octets.</summary>
    /// <param name="address">The address in network order.</param>
    /// <param name="scopeBits">Length of the shortest prefix of the address under which every address has the same
    /// number.</param>
    public int Find(ReadOnlySpan<byte> address, out byte scopeBits) => address.Length == 4
        ? _v4.Find(BinaryPrimitives.ReadUInt32BigEndian(address), 32, out scopeBits)
        : _v6.Find(BinaryPrimitives.ReadUInt128BigEndian(address), 128, out scopeBits);

    public int Find(ReadOnlySpan<byte> address) => Find(address, out _);

    /// <summary>The map whose numbers are made from this one's.</summary>
    public AddressMap Select(Func<int, int> selector) => new(_v4.Select(selector), _v6.Select(selector));

    /// <summary>The map whose numbers are made from those of two.</summary>
    public static AddressMap Combine(AddressMap first, AddressMap second, Func<int, int, int> combine) => new(
        Ranges<uint>.Combine(first._v4, second._v4, combine), Ranges<UInt128>.Combine(first._v6, second._v6, combine));
}
