using Meridian.Model.Records;
using Meridian.Model.Resources;

namespace Meridian.ExternalDns.Tests;

public sealed class AdjustmentTests
{
    private static readonly RecordScope Everything = new(["example.org"], null);

    [Fact]
    public void A_record_is_brought_into_the_form_in_which_it_is_stored()
    {
        var (records, leftOut) = Adjust(Everything, Record("App.Example.ORG.", "cname", "LB.Example.net.") with
        {
            SetIdentifier = "",
            RecordTtl = 60,
            ProviderSpecific =
            [
                new("aws/evaluate-target-health", "true"),
                new("webhook/meridian-weight", "3"),
                new("webhook/meridian-colour", "blue"),
                new("webhook/meridian-policy", "wieghted"),
                new(RecordsClient.Incomplete, "true"),
            ],
        });

        Assert.Equal(["`App.Example.ORG.`: webhook/meridian-colour: there is no `colour`",
            "`App.Example.ORG.`: webhook/meridian-policy: field `policy` wants one of Nearest, SourceMap, Failover, "
                + "Weighted, RoundRobin, Sticky, LeastLoad, and this is `wieghted`; did you mean `Weighted`?"],
            leftOut);
        var record = Assert.Single(records);
        Assert.Equal(("app.example.org", "CNAME", null, 60),
            (record.DnsName, record.RecordType, record.SetIdentifier, record.RecordTtl));
        Assert.Equal(["lb.example.net"], record.Targets);
        Assert.Equal([new RecordProperty("webhook/meridian-weight", "3")], record.ProviderSpecific);
    }

    [Theory]
    [InlineData("A", "10.0.0.1", "10.0.0.1")]
    [InlineData("AAAA", "2001:DB8:0::1", "2001:db8::1")]
    [InlineData("TXT", " \"As it IS. \" ", " \"As it IS. \" ")]
    [InlineData("SRV", " 0 50 80 App.example.org. ", "0 50 80 App.example.org.")]
    public void A_target_is_brought_into_the_form_of_its_type(string type, string target, string stored)
    {
        var (records, leftOut) = Adjust(Everything, Record("a.example.org", type, target, target));

        Assert.Empty(leftOut);
        Assert.Equal([stored], Assert.Single(records).Targets);
    }

    [Theory]
    [InlineData("A", "2001:db8::1", "`a.example.org`: `2001:db8::1` is not an address for a record of type A")]
    [InlineData("AAAA", "10.0.0.1", "`a.example.org`: `10.0.0.1` is not an address for a record of type AAAA")]
    [InlineData("A", "lb.example.net", "`a.example.org`: `lb.example.net` is not an IP address")]
    [InlineData("A", "10.1", "`a.example.org`: `10.1`: write an IPv4 address as four decimal numbers without leading " +
        "zeros")]
    [InlineData("AAAA", "::ffff:10.0.0.1", "`a.example.org`: `::ffff:10.0.0.1`: write it as 10.0.0.1")]
    [InlineData("CNAME", "", "`a.example.org`: ``: a host name is wanted, and this is empty")]
    public void A_target_that_cannot_be_served_is_left_out_and_the_others_stay(string type, string bad, string reason)
    {
        var good = type switch { "A" => "192.0.2.1", "AAAA" => "2001:db8::9", _ => "lb.example.net" };

        var (records, leftOut) = Adjust(Everything, Record("a.example.org", type, bad, good));

        Assert.Equal([reason], leftOut);
        Assert.Equal([good], Assert.Single(records).Targets);
    }

    [Theory]
    [InlineData("a.example.net", "A", "`a.example.net`: A records of it may not be written; zones that may be are " +
        "example.org")]
    [InlineData("badexample.org", "A", "`badexample.org`: A records of it may not be written; zones that may be are " +
        "example.org")]
    [InlineData("a..example.org", "A", "`a..example.org`: the name has an empty label (two dots in a row, or one at " +
        "the start)")]
    [InlineData("a b.example.org", "TXT",
        "`a b.example.org`: the name has a blank; in a name it is written as `\\032`")]
    [InlineData("a/b.example.org", "A",
        "`a/b.example.org`: label `a/b` has a character that is not a letter, digit, `-` or `_`")]
    [InlineData("", "A", "``: a host name is wanted, and this is empty")]
    public void A_record_that_a_node_would_refuse_is_left_out_alone(string name, string type, string reason)
    {
        var (records, leftOut) = Adjust(Everything, Record(name, type, "10.0.0.1"),
            Record("*.ok.example.org", "A", "10.0.0.1"));

        Assert.Equal([reason], leftOut);
        Assert.Equal("*.ok.example.org", Assert.Single(records).DnsName);
    }

    [Theory]
    [InlineData("0/25.example.org", "NS")] // RFC 2317
    [InlineData("-a.example.org", "TXT")]
    public void A_record_that_is_not_steered_may_have_any_name(string name, string type)
    {
        var (records, leftOut) = Adjust(Everything, Record(name, type, "ns.example.net"));

        Assert.Empty(leftOut);
        Assert.Equal(name, Assert.Single(records).DnsName);
    }

    [Fact]
    public void A_record_without_a_target_that_is_left_is_left_out()
    {
        var (records, leftOut) = Adjust(Everything, Record("a.example.org", "A"));

        Assert.Empty(records);
        Assert.Equal(["`a.example.org` A has no target that can be served"], leftOut);
    }

    [Fact]
    public void Grants_limit_names_and_types_whatever_their_case()
    {
        var scope = new RecordScope(["example.org"],
            [new RecordGrant { Zones = ["Example.org."], Names = ["*.App.example.org"], Types = ["a"] }]);

        var (records, leftOut) = Adjust(scope,
            Record("x.app.example.org", "A", "10.0.0.1"), Record("app.example.org", "A", "10.0.0.1"),
            Record("x.app.example.org", "TXT", "t"));

        Assert.Equal("x.app.example.org", Assert.Single(records).DnsName);
        Assert.Equal(2, leftOut.Count);
    }

    private static (IReadOnlyList<ClientRecord> Records, List<string> LeftOut) Adjust(
        RecordScope scope, params ClientRecord[] records)
    {
        var leftOut = new List<string>();
        return (Adjustment.Adjust(records, scope, leftOut.Add), leftOut);
    }

    private static ClientRecord Record(string name, string type, params string[] targets) =>
        new() { DnsName = name, RecordType = type, Targets = [.. targets] };
}
