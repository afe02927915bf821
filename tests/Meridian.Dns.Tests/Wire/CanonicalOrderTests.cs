using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

public sealed class CanonicalOrderTests
{
    // RFC 4034 section 6.1, with the root before and deeper names behind.
    private static readonly string[] Sorted =
    [
        ".", "example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE", "z.example",
        "\\001.z.example", "*.z.example", "\\200.z.example", "a.\\200.z.example",
    ];

    [Fact]
    public void Names_stand_in_the_order_of_RFC_4034()
    {
        DnsName[] names = [.. Sorted.Select(DnsName.Parse)];
        for (var i = 0; i < names.Length; i++)
        {
            for (var j = 0; j < names.Length; j++)
                Assert.Equal(i.CompareTo(j), Math.Sign(CanonicalOrder.Instance.Compare(names[i], names[j])));
        }
    }

    [Fact]
    public void Case_does_not_count_and_the_longest_names_have_their_place()
    {
        Assert.Equal(0, CanonicalOrder.Instance.Compare(DnsName.Parse("A.example"), DnsName.Parse("a.EXAMPLE")));
        var most = string.Concat(Enumerable.Repeat("a.", 127));
        Assert.Equal(-1, Math.Sign(CanonicalOrder.Instance.Compare(DnsName.Parse(most[2..]), DnsName.Parse(most))));
    }
}
