using System.Net;
using CsCheck;

namespace Meridian.Geography.Tests;

public sealed class AddressMapTests
{
    [Fact]
    public void Nested_networks_are_found_by_the_longest_prefix() =>
        Gen.Select(Gen.UInt, Gen.Int[0, 32], Gen.Int[0, 5]).Array[0, 30].Sample(networks =>
        {
            var list = networks.Select(n => (new IPNetwork(Address(Masked(n.Item1, n.Item2)), n.Item2), n.Item3))
                .DistinctBy(n => n.Item1).ToArray();
            var map = AddressMap.FromNetworks(list);
            foreach (var probe in networks.SelectMany(n => (uint[])[n.Item1, n.Item1 + 1, n.Item1 - 1, ~n.Item1]))
            {
                var expected = list.Where(n => n.Item1.Contains(Address(probe)))
                    .OrderByDescending(n => n.Item1.PrefixLength)
                    .Select(n => (int?)n.Item2).FirstOrDefault() ?? AddressMap.Nothing;
                Assert.Equal(expected, map.Find(Address(probe).GetAddressBytes()));
            }
        }, iter: 500);

    private static uint Masked(uint address, int prefix) =>
        prefix == 0 ? 0 : address & ~(uint)((1UL << (32 - prefix)) - 1);

    private static IPAddress Address(uint value) =>
        new([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
}
