namespace Meridian.Addresses.Tests;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("kernel update in Hà Nội ✓", "kernel update in Hà Nội ✓")]
    [InlineData("a\nb\r\tc", @"a\nb\r\tc")]
    [InlineData("\u001b[2J\u0007\u007f\u009b31m", @"\u001b[2J\u0007\u007f\u009b31m")]
    [InlineData("a\u2028b\u202Ec\u2066", @"a\u2028b\u202ec\u2066")]
    [InlineData(@"a\nb", @"a\nb")]
    public void What_would_act_on_a_terminal_is_escaped_and_nothing_else(string text, string shown)
    {
        Assert.Equal(shown, DisplayText.Escape(text));
        Assert.Equal(shown, DisplayText.Escape(shown));
    }

    [Theory]
    [InlineData("12345", "12345")]
    [InlineData("123456", "1234…")]
    [InlineData("123\n5", @"123\…")]
    [InlineData("\u001b2345678", @"\u00…")]
    [InlineData("123😀6", "123…")]
    public void Text_that_is_too_long_is_cut(string text, string shown) =>
        Assert.Equal(shown, DisplayText.Bound(text, 5));
}
