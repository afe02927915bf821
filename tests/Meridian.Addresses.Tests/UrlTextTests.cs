namespace Meridian.Addresses.Tests;

public sealed class UrlTextTests
{
    [Theory]
    [InlineData("http://192.0.2.1/feed")]
    [InlineData("https://user@192.0.2.1:8443/feed")]
    [InlineData("http://[2001:db8::1]:80/")]
    [InlineData("http://feed.example.org/7")]
    public void A_URL_is_read(string text) => Assert.True(UrlText.TryParseHttp(text, out _));

    [Theory]
    [InlineData("http://192.0.2.010/feed")]
    [InlineData("http://3221225985/")]
    [InlineData("http://0xC0.0.2.1/")]
    [InlineData("http://10.0.0.300/")]
    [InlineData("ftp://192.0.2.1/")]
    [InlineData("/feed")]
    [InlineData("feed.example.org")]
    public void A_host_that_is_not_what_it_looks_like_is_refused(string text) =>
        Assert.False(UrlText.TryParseHttp(text, out _));
}
