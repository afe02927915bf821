using Meridian.Model.Values;

namespace Meridian.Model.Tests.Values;

public sealed class DomainNameTests
{
    private static readonly string L63 = new('a', 63);

    [Theory]
    [InlineData("Example.ORG.", "example.org")]
    [InlineData("example.org", "example.org")]
    [InlineData(".", "")]
    [InlineData("0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa")]
    [InlineData("-a-._b.*.c", "-a-._b.*.c")]
    [InlineData("\\065\\b.\\.", "ab.\\.")]
    [InlineData("a\\046b\\092.c", "a\\.b\\\\.c")]
    [InlineData("a\\ b\\000\\255", "a\\032b\\000\\255")]
    [InlineData("a@b$c", "a\\@b\\$c")]
    public void A_name_has_one_canonical_form(string text, string canonical)
    {
        Assert.True(DomainName.TryNormalize(text, null, out var name, out var error), error);
        Assert.Equal(canonical, name);
        Assert.True(DomainName.TryNormalize($"{name}.", null, out var again, out error), error);
        Assert.Equal(name, again);
    }

    [Theory]
    [InlineData("@", "example.org", "example.org")]
    [InlineData("www", "example.org", "www.example.org")]
    [InlineData("www.", "example.org", "www")]
    [InlineData("www", "", "www")]
    [InlineData("@", "", "")]
    public void A_name_without_a_closing_dot_is_completed(string text, string origin, string expected)
    {
        Assert.True(DomainName.TryNormalize(text, origin, out var name, out _));
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a..b", "empty label")]
    [InlineData(".a", "empty label")]
    [InlineData("a b", "written as `\\032`")]
    [InlineData("a;b", "written as `\\059`")]
    [InlineData("b\u00FCcher", "`xn--` form")]
    [InlineData("a\\", "wrong escape")]
    [InlineData("a\\25", "wrong escape")]
    [InlineData("a\\256", "wrong escape")]
    public void A_name_that_is_none_says_why(string text, string error)
    {
        Assert.False(DomainName.TryNormalize(text, null, out _, out var message));
        Assert.Contains(error, message);
    }

    [Fact]
    public void A_label_has_63_octets_at_most_and_a_name_255()
    {
        Assert.True(DomainName.TryNormalize($"{L63}.{L63}.{L63}.{new string('b', 61)}", null, out _, out _));
        Assert.True(DomainName.TryNormalize(new string('b', 61), $"{L63}.{L63}.{L63}", out _, out _));
        Assert.True(DomainName.TryNormalize(
            string.Concat(Enumerable.Repeat("\\001", 61)), $"{L63}.{L63}.{L63}", out _, out _));
        Assert.False(DomainName.TryNormalize(new string('b', 62), $"{L63}.{L63}.{L63}", out _, out var error));
        Assert.Equal("the name has 256 octets, and 255 are the most", error);
        Assert.False(DomainName.TryNormalize(L63 + "a", null, out _, out error));
        Assert.Equal("the name has a label of more than 63 octets", error);
    }

    // A dot that is escaped ends no label: else a record of one zone could pass for one of another.
    [Theory]
    [InlineData("a.example.org", "example.org", true)]
    [InlineData("example.org", "example.org", true)]
    [InlineData("example.org", "", true)]
    [InlineData("badexample.org", "example.org", false)]
    [InlineData("a\\.example.org", "example.org", false)]
    [InlineData("a\\\\.example.org", "example.org", true)]
    [InlineData("org", "example.org", false)]
    public void A_name_is_in_a_zone_by_its_labels(string name, string zone, bool isIn) =>
        Assert.Equal(isIn, DomainName.IsAtOrBelow(name, zone));

    [Theory]
    [InlineData("a.b", "b")]
    [InlineData("a\\.b.c", "c")]
    [InlineData("a\\\\.b", "b")]
    [InlineData("a", "")]
    [InlineData("", null)]
    public void A_parent_has_one_label_less(string name, string? parent) =>
        Assert.Equal(parent, DomainName.ParentOf(name));
}
