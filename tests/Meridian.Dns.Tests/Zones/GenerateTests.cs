using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Zones;

public sealed class GenerateTests
{
    private static readonly DnsName Origin = DnsName.Parse("example.org");

    // The second line is what the first one stands for.
    [Theory]
    [InlineData("1-3 h$ A 192.0.2.$", "h1 A 192.0.2.1\nh2 A 192.0.2.2\nh3 A 192.0.2.3")]
    [InlineData("0-5/2 h$ A 192.0.2.$", "h0 A 192.0.2.0\nh2 A 192.0.2.2\nh4 A 192.0.2.4")]
    [InlineData("7-7 h$ 1h IN A 192.0.2.$", "h7 3600 A 192.0.2.7")]
    [InlineData("7-7 h$ IN 300 A 192.0.2.$", "h7 300 A 192.0.2.7")]
    [InlineData("1-2 @ NS ns$", "@ NS ns1\n@ NS ns2")]
    [InlineData("1-1 h$ MX \"10 m$\"", "h1 MX 10 m1")]
    [InlineData("1-1 h TXT \"\\\"a b$\\\"\"", "h TXT \"a b1\"")]
    [InlineData("1-1 h TXT \"a b$\"", "h TXT a b1")]
    [InlineData("1-1 h TYPE65280 \"\\# 1 0$\"", "h TYPE65280 \\# 1 01")]
    [InlineData("9-9 $ CNAME $.0/25.2.0.192.in-addr.arpa.", "9 CNAME 9.0/25.2.0.192.in-addr.arpa.")]
    [InlineData("2147483646-2147483647 h TXT $", "h TXT 2147483646\nh TXT 2147483647")]
    public void Makes_a_record_for_each_number(string line, string records)
    {
        var (read, faults) = Read("$GENERATE " + line);

        Assert.Empty(faults);
        Assert.Equal(Read(records).Records, read);
    }

    // What `named-checkzone -D` of BIND 9.18 makes of each.
    [Theory]
    [InlineData("$", 10, "10")]
    [InlineData("a$-$b", 10, "a10-10b")]
    [InlineData("a$$b\\$c", 10, "a$b\\$c")]
    [InlineData("${5}", 10, "15")]
    [InlineData("${+5}", 10, "15")]
    [InlineData("${-11}", 10, "-1")]
    [InlineData("${-11,4}", 10, "-001")]
    [InlineData("${-3,3,d}", 10, "007")]
    [InlineData("${0,0,o}", 10, "12")]
    [InlineData("${0,4,x}", 10, "000a")]
    [InlineData("${0,4,X}", 10, "000A")]
    [InlineData("${-1,2,x}", 0, "ffffffff")]
    [InlineData("${0,0,n}", 26, "a.1")]
    [InlineData("${0,3,n}", 26, "a.1")]
    [InlineData("${0,4,n}", 26, "a.1.")]
    [InlineData("${0,5,n}", 26, "a.1.0")]
    [InlineData("${0,8,n}", 26, "a.1.0.0.")]
    [InlineData("${0,7,N}", 26, "A.1.0.0")]
    [InlineData("${1}-$", 1, "2-1")]
    public void Puts_the_number_in_by_offset_width_and_base(string pattern, int number, string text)
    {
        Assert.True(GeneratedText.TryExpand(pattern, number, out var expanded, out _));

        Assert.Equal(text, expanded);
    }

    [Theory]
    [InlineData("1 h A 192.0.2.1",
        "`1` is not a range: `start-stop` or `start-stop/step`, of numbers up to 2147483647")]
    [InlineData("5-1 h A 192.0.2.1", "`5-1` is not a range")]
    [InlineData("1-5/0 h A 192.0.2.1", "`1-5/0` is not a range")]
    [InlineData("1-2/1x h A 192.0.2.1", "`1-2/1x` is not a range")]
    [InlineData("0-2147483648 h A 192.0.2.1", "`0-2147483648` is not a range")]
    [InlineData("1-2 h$ A", "$GENERATE wants a range, an owner, a type and data")]
    [InlineData("1-2 h$ CH A 192.0.2.1", "class CH is not supported; only IN is")]
    [InlineData("1-2 h$ NOSUCH 192.0.2.1", "`NOSUCH` is not a record type")]
    [InlineData("1-2 h$ MX 10 m", "the data of $GENERATE is one word: put it into double quotes, as in \"10 mail-$\"")]
    [InlineData("255-300 h$ A 192.0.2.$", "`192.0.2.256` is not an IPv4 address")]
    [InlineData("1-2 h..$ A 192.0.2.$", "label")]
    [InlineData("1-2 h${0,2,q} A 192.0.2.$", "`${0,2,q}` is not of the form ${offset,width,base}")]
    [InlineData("1-2 h${ A 192.0.2.$", "`${` is not of the form")]
    [InlineData("1-2 h${} A 192.0.2.$", "`${}` is not of the form")]
    [InlineData("1-2 h${0,128} A 192.0.2.$", "`${0,128}` is not of the form")]
    [InlineData("1-2 h${2147483647} A 192.0.2.$", "`${2147483647}` is not of the form")]
    [InlineData("0-262144 h$ A 192.0.2.1", "$GENERATE would make more than 262144 records in this zone")]
    public void Names_the_line_and_says_once_what_is_wrong(string line, string fault)
    {
        var content = MasterFile.Read("f", $"$TTL 60\n\n$GENERATE {line}\n", Origin, _ => null);

        var found = Assert.Single(content.Faults);
        Assert.Equal(("f", 3), (found.File, found.Line));
        Assert.Contains(fault, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_the_records_of_a_zone_however_many_lines_make_them()
    {
        var (records, faults) = Read("$GENERATE 1-200000 a$ A 192.0.2.1\n$GENERATE 1-62144 b$ A 192.0.2.1\n"
            + "$GENERATE 1-1 c$ A 192.0.2.1");

        Assert.Equal(MasterFile.MaxGenerated, records.Length);
        Assert.Equal("$GENERATE would make more than 262144 records in this zone", Assert.Single(faults).Message);
    }

    [Fact]
    public void Leaves_the_owner_for_the_next_line_as_it_was()
    {
        var (records, faults) = Read("a A 192.0.2.1\n$GENERATE 1-1 h$ A 192.0.2.2\n A 192.0.2.3");

        Assert.Empty(faults);
        Assert.Equal(["a.example.org.", "h1.example.org.", "a.example.org."], records.Select(r => r.Split(' ')[0]));
    }

    private static (string[] Records, ZoneFault[] Faults) Read(string text)
    {
        var (records, faults) = MasterFile.Read("f", $"$TTL 60\n{text}\n", Origin, _ => null);
        return ([.. records.Select(Text)], [.. faults]);
    }

    private static string Text(MasterRecord record) =>
        $"{record.Owner} {record.Ttl} {record.Type} {Convert.ToHexString(record.Data)}";
}
