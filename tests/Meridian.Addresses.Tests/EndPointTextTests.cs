namespace Meridian.Addresses.Tests;

public sealed class EndPointTextTests
{
    [Theory]
    [InlineData("127.0.0.1:5300")]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:65535")]
    public void An_address_and_a_port_are_read(string text) => Assert.Equal(text, EndPointText.Parse(text).ToString());

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:+5")]
    [InlineData("127.1:5300")]
    [InlineData("010.0.0.1:5300")]
    [InlineData("[127.0.0.1]:5300")]
    [InlineData("::1:5300")]
    [InlineData("[::1]")]
    [InlineData("[::1%lo]:53")]
    [InlineData("[[::1]]:53")]
    [InlineData("5300")]
    [InlineData(":5300")]
    [InlineData("")]
    public void What_is_not_plainly_both_is_refused(string text)
    {
        Assert.False(EndPointText.TryParse(text, out _));
        Assert.Throws<FormatException>(() => EndPointText.Parse(text));
    }
}
