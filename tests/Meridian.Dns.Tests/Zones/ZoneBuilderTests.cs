using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Zones;

public sealed class ZoneBuilderTests
{
    private const string Apex = "@ SOA ns root 1 2 3 4 5\n@ NS ns.example.net.\n";

    [Theory]
    [InlineData("@ NS ns\n", "has no SOA record")]
    [InlineData("@ SOA ns root 1 2 3 4 5\n", "has no NS record")]
    [InlineData(Apex + "a CNAME b\na A 192.0.2.1\n", "a CNAME and other data")]
    [InlineData(Apex + "a CNAME b\na CNAME c\n", "there can be only one")]
    [InlineData(Apex + "elsewhere.net. A 192.0.2.1\n", "outside the zone")]
    [InlineData(Apex + "a SOA ns root 1 2 3 4 5\n", "not the zone's origin")]
    public void Refuses_data_that_does_not_hang_together(string text, string message)
    {
        Assert.Null(Builder(text).Build(out var faults));
        Assert.Contains(faults, f => f.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a 1 A 192.0.2.1\na 2 A 192.0.2.2\n", 5, "the A records of a.example.org. differ in TTL")]
    [InlineData("@ NS ns.example.org.\n", 4, "ns.example.org., a name server of example.org., is inside the zone")]
    [InlineData("@ NS ns\nns CNAME a\na A 192.0.2.1\n", 4, "has no address there")]
    [InlineData("sub NS ns.sub\n", 4, "ns.sub.example.org., a name server of sub.example.org.")]
    [InlineData("d DNAME example.net.\na.b.d A 192.0.2.1\n", 5,
        "a.b.d.example.org. is below the DNAME of d.example.org.")]
    [InlineData("* A 192.0.2.1\na.b A 192.0.2.2\n", 5, "*.example.org. does not stand for it")]
    [InlineData("*.x A 192.0.2.1\na.b.x A 192.0.2.2\na.c.b.x A 192.0.2.2\n", 5,
        "b.x.example.org. has no records of its own")]
    public void Warns_of_what_may_be_meant_otherwise(string text, int line, string message)
    {
        var builder = Builder(Apex + text);
        Assert.NotNull(builder.Build(out _));

        var warning = Assert.Single(builder.Warnings);
        Assert.Contains(message, warning.Message);
        Assert.Equal(line, warning.Line);
    }

    [Theory]
    [InlineData("root@example.org.")]
    [InlineData("root\\@example.org.")]
    public void Warns_of_a_contact_with_an_at_sign(string contact)
    {
        var builder = Builder($"@ SOA ns {contact} 1 2 3 4 5\n@ NS ns.example.net.\n");
        Assert.NotNull(builder.Build(out _));

        Assert.Contains("has an `@`: the first dot stands for it", Assert.Single(builder.Warnings).Message);
    }

    [Theory]
    [InlineData("@ NS ns\nns AAAA 2001:db8::1\n")]
    [InlineData("@ NS ns.any\n*.any A 192.0.2.1\n")]
    [InlineData("@ NS a.app\n")]
    [InlineData("sub NS ns.other\nother NS ns.example.net.\n")] // the address is of another zone
    [InlineData("a CNAME b.a\nb.a A 192.0.2.1\n*.a A 192.0.2.1\n")]
    [InlineData("*.c A 192.0.2.1\nb.c A 192.0.2.2\na.b.c A 192.0.2.2\n")]
    [InlineData("a.b A 192.0.2.2\n*.c A 192.0.2.1\n")]
    [InlineData("a.* A 192.0.2.2\n")]
    [InlineData("d DNAME example.net.\ne.dd A 192.0.2.2\n")]
    public void Warns_of_nothing_that_is_as_it_should_be(string text)
    {
        var builder = Builder(Apex + text);
        builder.Steer(DnsName.Parse("a.app.example.org"), new FixedSteered());
        Assert.NotNull(builder.Build(out _));

        Assert.Empty(builder.Warnings);
    }

    [Fact]
    public void A_steered_name_can_hide_a_wildcard_too()
    {
        var builder = Builder(Apex + "* A 192.0.2.1\n");
        builder.Steer(DnsName.Parse("a.app.example.org"), new FixedSteered());
        Assert.NotNull(builder.Build(out _));

        Assert.Contains("app.example.org. has no records", Assert.Single(builder.Warnings).Message);
    }

    [Fact]
    public void Serves_a_set_with_the_first_of_its_TTLs()
    {
        var zone = Builder(Apex + "a 30 A 192.0.2.1\na 20 A 192.0.2.2\n").Build(out _)!;

        var set = zone.Find(DnsName.Parse("a.example.org").Canonical)!.Find(RecordType.A)!;
        Assert.Equal((30u, 2), (set.Ttl, set.Data.Length));
    }

    [Theory]
    [InlineData("a MX 10 mail.example.net.\nA MX 10 MAIL.example.NET.\n", RecordType.MX, 1)]
    [InlineData("a SRV 1 2 3 b.\na SRV 1 2 3 B.\n", RecordType.SRV, 1)]
    [InlineData("a RP b. c.\na RP B. c.\na RP B. C.\n", RecordType.RP, 1)]
    [InlineData("a TXT b\na TXT B\n", RecordType.TXT, 2)]
    [InlineData("a HTTPS 1 b.\na HTTPS 1 B.\n", RecordType.HTTPS, 2)] // RFC 3597 section 6: bit by bit
    public void Records_that_differ_in_the_case_of_names_are_one(string text, RecordType type, int count)
    {
        var zone = Builder(Apex + text).Build(out _)!;

        Assert.Equal(count, zone.Find(DnsName.Parse("a.example.org").Canonical)!.Find(type)!.Data.Length);
    }

    private static ZoneBuilder Builder(string text)
    {
        var origin = DnsName.Parse("example.org");
        var (records, faults) = MasterFile.Read("f", "$TTL 60\n" + text, origin, _ => null);
        Assert.Empty(faults);
        var builder = new ZoneBuilder(origin);
        foreach (var record in records)
            builder.Add(record);
        return builder;
    }
}
