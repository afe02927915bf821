using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

public sealed class NameKeysTests
{
    [Fact]
    public void A_name_and_every_name_above_it_have_their_hash_down_to_the_root()
    {
        string[] names = ["www.example.org", "example.org", "org", "."];
        var keys = new NameKeys(DnsName.Parse(names[0]).Canonical);

        Assert.Equal(3, keys.Labels);
        for (var i = 0; i < names.Length; i++)
        {
            var name = DnsName.Parse(names[i]).Canonical;
            Assert.Equal(name, keys.Name(i));
            Assert.Equal(NameHash.Of(name), keys.Hash(i));
        }
    }
}
