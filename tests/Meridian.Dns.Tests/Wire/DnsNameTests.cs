using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

public sealed class DnsNameTests
{
    private static readonly string L63 = new('a', 63);

    [Fact]
    public void A_label_has_at_most_63_octets_wherever_it_stands()
    {
        foreach (var (before, after) in ((string, string)[])
            [("", ""), ("", "."), ("x.", ""), ("", ".org"), ("x.", ".org.")])
        {
            Assert.True(DnsName.TryParse(before + L63 + after, null, out var name, out _));
            Assert.Contains(L63, name.ToString());
            Assert.False(DnsName.TryParse(before + L63 + "a" + after, null, out _, out var error));
            Assert.Contains("63", error);
        }
    }

    [Theory]
    [InlineData(61, true)]
    [InlineData(62, false)]
    public void A_name_has_at_most_255_octets_absolute_or_relative(int last, bool read)
    {
        var text = $"{L63}.{L63}.{L63}.{new string('b', last)}";
        var origin = DnsName.Parse($"{L63}.{L63}");

        Assert.Equal(read, DnsName.TryParse(text, null, out _, out _));
        Assert.Equal(read, DnsName.TryParse(text + ".", null, out _, out _));
        Assert.Equal(read, DnsName.TryParse($"{L63}.{new string('b', last)}", origin, out var name, out _));
        if (read)
            Assert.Equal(DnsName.MaxLength, name!.Wire.Length);
    }

    [Fact]
    public void A_name_that_is_too_long_says_whether_a_label_or_all_of_it_is()
    {
        foreach (var text in (string[])
            [$"{L63}.{L63}.{L63}.{L63}", $"{L63}.{L63}.{L63}.{L63}.", $"{L63}.{L63}.{L63}.{L63}.org"])
        {
            Assert.False(DnsName.TryParse(text, null, out _, out var error));
            Assert.EndsWith("has more than 255 octets", error);
        }

        Assert.False(DnsName.TryParse($"org.{L63}a", null, out _, out var label));
        Assert.EndsWith("has a label of more than 63 octets", label);
    }

    [Fact]
    public void The_at_sign_alone_is_the_origin_where_there_is_one()
    {
        var origin = DnsName.Parse("example.org");

        Assert.True(DnsName.TryParse("@", origin, out var name, out _));
        Assert.Equal(origin, name);
        Assert.True(DnsName.TryParse("@", null, out var label, out _));
        Assert.Equal("\\@.", label.ToString());
    }

    [Fact]
    public void A_relative_name_is_completed_and_one_with_a_closing_dot_is_not()
    {
        var origin = DnsName.Parse("example.org");

        foreach (var (text, whole) in ((string, string)[])
            [("a", "a.example.org."), ("a.b", "a.b.example.org."), ("a.", "a."), ("a.b.", "a.b."), (".", "."),
                ("a\\.", "a\\..example.org.")])
        {
            Assert.True(DnsName.TryParse(text, origin, out var name, out _));
            Assert.Equal(whole, name.ToString());
        }
    }

    [Theory]
    [InlineData("a\\032b", "a\\032b.")]
    [InlineData("a b", "a\\032b.")]
    [InlineData("a~b", "a~b.")]
    [InlineData("\\!", "!.")]
    [InlineData("a\\255", "a\\255.")]
    [InlineData("a\\127", "a\\127.")]
    [InlineData("a\\000", "a\\000.")]
    [InlineData("\\065", "A.")]
    [InlineData("\\.\\\\", "\\.\\\\.")]
    [InlineData("\\~\\ ", "~\\032.")]
    [InlineData("a\\256", null)]
    [InlineData("a\\99", null)]
    [InlineData("a\\9", null)]
    [InlineData("a\\0a0", null)]
    [InlineData("a\\0:0", null)]
    [InlineData("a\\00a", null)]
    [InlineData("a\u007fb", null)]
    [InlineData("a\u001fb", null)]
    [InlineData("a\\\u007f", null)]
    [InlineData("a\\\u001f", null)]
    public void Escapes_are_read_and_written(string text, string? written)
    {
        Assert.Equal(written is not null, DnsName.TryParse(text, null, out var name, out _));
        Assert.Equal(written, name?.ToString());
    }

    [Theory]
    [InlineData("example.org", "example.org", true)]
    [InlineData("EXAMPLE.org", "example.ORG", true)]
    [InlineData("www.example.org", "example.org", true)]
    [InlineData("example.org", ".", true)]
    [InlineData(".", ".", true)]
    [InlineData("example.org", "www.example.org", false)]
    [InlineData("wwwexample.org", "example.org", false)]
    [InlineData("example.net", "example.org", false)]
    [InlineData(".", "org", false)]
    public void A_name_is_at_or_below_another(string name, string other, bool below) =>
        Assert.Equal(below, DnsName.Parse(name).IsAtOrBelow(DnsName.Parse(other)));

    [Theory]
    [InlineData("example.org", "EXAMPLE.org", true)]
    [InlineData("example.org", "example.net", false)]
    [InlineData("example.org", "www.example.org", false)]
    [InlineData("[.org", "{.org", false)]
    public void Names_are_equal_whatever_their_case(string name, string other, bool equal) =>
        Assert.Equal(equal, DnsName.Parse(name).Equals(DnsName.Parse(other)));

    [Theory]
    [InlineData("*.example.org", true)]
    [InlineData("*", true)]
    [InlineData("*a.example.org", false)]
    [InlineData("a*.example.org", false)]
    [InlineData("a.*.example.org", false)]
    public void A_wildcard_begins_with_a_label_of_one_asterisk(string name, bool wildcard) =>
        Assert.Equal(wildcard, DnsName.Parse(name).IsWildcard);

    [Theory]
    [InlineData("www.example.org", true)]
    [InlineData("www.Example.org", false)]
    public void A_name_in_lower_case_is_held_once(string text, bool once)
    {
        var name = DnsName.Parse(text);
        Assert.Equal(once, name.Wire.Overlaps(name.Canonical));
        Assert.Equal(DnsName.Parse("www.example.org").Wire, name.Canonical);
    }

    [Theory]
    [InlineData(".", 0)]
    [InlineData("org", 1)]
    [InlineData("a.b.example.org", 4)]
    public void Labels_are_counted_without_the_root(string name, int count) =>
        Assert.Equal(count, DnsName.Parse(name).LabelCount);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_label_in_front_has_1_to_63_octets(int length, bool made) =>
        Assert.Equal(made, DnsName.Parse("org").Prepend(new byte[length]) is not null);

    [Fact]
    public void A_label_stands_in_front_of_the_name() =>
        Assert.Equal(DnsName.Parse("www.example.org"), DnsName.Parse("example.org").Prepend("www"u8));
}
