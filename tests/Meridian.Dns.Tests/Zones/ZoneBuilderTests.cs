using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Zones;

public sealed class ZoneBuilderTests
{
    [Theory]
    [InlineData("@ NS ns\n", "has no SOA record")]
    [InlineData("@ SOA ns root 1 2 3 4 5\n", "has no NS record")]
    [InlineData("@ SOA ns root 1 2 3 4 5\n@ NS ns\na CNAME b\na A 192.0.2.1\n", "a CNAME and other data")]
    [InlineData("@ SOA ns root 1 2 3 4 5\n@ NS ns\na CNAME b\na CNAME c\n", "there can be only one")]
    [InlineData("@ SOA ns root 1 2 3 4 5\n@ NS ns\nelsewhere.net. A 192.0.2.1\n", "outside the zone")]
    [InlineData("@ SOA ns root 1 2 3 4 5\n@ NS ns\na SOA ns root 1 2 3 4 5\n", "not the zone's origin")]
    public void Refuses_data_that_does_not_hang_together(string text, string message)
    {
        var origin = DnsName.Parse("example.org");
        var (records, _) = MasterFile.Read("f", "$TTL 60\n" + text, origin, _ => null);
        var builder = new ZoneBuilder(origin);
        foreach (var record in records)
            builder.Add(record);

        Assert.Null(builder.Build(out var faults));
        Assert.Contains(faults, f => f.Message.Contains(message, StringComparison.Ordinal));
    }
}
