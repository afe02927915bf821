using Meridian.Model.Records;
using Meridian.Model.Resources;

namespace Meridian.Model.Tests.Records;

public sealed class RecordScopeTests
{
    [Theory]
    [InlineData("a.ai.example.com", true)]
    [InlineData("A.AI.example.com.", true)]
    [InlineData("\\097.ai.example.com", true)] // an escape that is not needed
    [InlineData("a.0/25.2.0.192.in-addr.arpa", true)]
    [InlineData("ai.example.com", true)]
    [InlineData("a.example.com", false)]
    [InlineData("a\\.ai.example.com", false)] // a label with a dot in it, of example.com
    [InlineData("aai.example.com", false)]
    public void A_record_is_in_a_zone_by_the_labels_of_its_name(string name, bool allowed)
    {
        var record = new ClientRecord { DnsName = name, RecordType = "txt" };
        var scope = new RecordScope(["ai.example.com", "0/25.2.0.192.in-addr.arpa"],
            [new RecordGrant { Zones = ["AI.example.com.", "0/25.2.0.192.in-addr.arpa"] }]);

        Assert.Equal(allowed, scope.Allows(record.Key.Name, record.Key.Type));
    }

    [Fact]
    public void The_root_has_every_name() =>
        Assert.True(new RecordScope([""], [new RecordGrant { Zones = ["."] }]).Allows("com", "A"));
}
