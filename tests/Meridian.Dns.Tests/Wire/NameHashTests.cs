using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

public sealed class NameHashTests
{
    [Fact]
    public void A_name_has_the_hash_of_its_label_below_the_name_above_it()
    {
        var above = NameHash.Of(DnsName.Parse("example.org").Wire);
        Assert.Equal(NameHash.Of(DnsName.Parse("www.example.org").Wire), NameHash.Below(above, [3, .. "www"u8]));
        Assert.Equal(NameHash.Root, NameHash.Of(DnsName.Root.Wire));
    }

    [Fact]
    public void Names_that_differ_anywhere_have_other_hashes()
    {
        string[] labels =
        [
            "a", "b", "aa", "ab", "ba", "aaaaaaa", "aaaaaaab", "baaaaaaa", "aaaaaaaaaaaaaaaa", "aaaaaaaabaaaaaaa",
            "baaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaab", .. Enumerable.Range(0, 2000).Select(i => $"node-{i:x4}-hanoi-lab"),
        ];
        Assert.Equal(labels.Length,
            labels.Select(l => NameHash.Of(DnsName.Parse($"{l}.example").Wire)).Distinct().Count());
    }
}
