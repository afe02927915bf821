using Meridian.Tunnel.Sites;

namespace Meridian.Tunnel.Tests.Sites;

public sealed class ProxySettingsTests
{
    [Theory]
    [InlineData("proxy:3128", "http://proxy:3128/", "proxy:3128")]
    [InlineData("http://lab:secret@proxy:3128", "http://lab:secret@proxy:3128/", "proxy:3128")]
    [InlineData("http://proxy", "http://proxy/", "proxy:80")]
    [InlineData("socks5://proxy", "socks5://proxy", "proxy:1080")]
    [InlineData("socks5h://[2001:db8::1]:9050", "socks5h://[2001:db8::1]:9050", "[2001:db8::1]:9050")]
    public void A_proxy_is_read_with_or_without_a_scheme_and_port(string text, string url, string address)
    {
        var proxy = ProxySettings.Of(text, null)!;
        Assert.Equal((new Uri(url), address), (proxy.Url, proxy.ToString()));
        Assert.Equal(text.StartsWith("socks", StringComparison.Ordinal), proxy.IsSocks);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Nothing_is_no_proxy(string? text) => Assert.Null(ProxySettings.Of(text, "a"));

    [Theory]
    [InlineData("http://")]
    [InlineData("https://proxy:443")]
    [InlineData("socks4://proxy:1080")]
    [InlineData("http://010.0.0.1:3128")]
    public void A_proxy_that_cannot_be_used_is_a_fault_and_not_ignored(string text) =>
        Assert.Contains("it is such as http://HOST:PORT or socks5://HOST:PORT",
            Assert.Throws<FormatException>(() => ProxySettings.Of(text, null)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("*", "tunnel.example.com:7443", false)]
    [InlineData("example.com", "tunnel.example.com:7443", false)]
    [InlineData(".example.com", "tunnel.EXAMPLE.com:7443", false)]
    [InlineData("example.com", "example.com:7443", false)]
    [InlineData("other.net, example.com", "example.com:7443", false)]
    [InlineData("example.com", "badexample.com:7443", true)]
    [InlineData("example.com:443", "tunnel.example.com:7443", true)]
    [InlineData("example.com:7443", "tunnel.example.com:7443", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3:7443", false)]
    [InlineData("10.0.0.0/8", "11.1.2.3:7443", true)]
    [InlineData("10.1.2.3", "10.1.2.3:7443", false)]
    [InlineData("2001:db8::/32", "[2001:db8::1]:7443", false)]
    [InlineData("2001:db8::1", "[2001:db8::1]:7443", false)]
    [InlineData("[2001:db8::1]:7443", "[2001:db8::1]:7443", false)]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]:7443", true)]
    [InlineData(",", "example.com:7443", true)]
    [InlineData(null, "example.com:7443", true)]
    public void A_gateway_that_stands_in_NO_PROXY_is_dialled_without_it(string? direct, string gateway, bool leads) =>
        Assert.Equal(leads, ProxySettings.Of("proxy:3128", direct)!.LeadsTo(GatewayAddress.Parse(gateway)));
}
