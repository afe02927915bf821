using Meridian.Tunnel.Sites;

namespace Meridian.Tunnel.Tests.Sites;

public sealed class GatewayAddressTests
{
    [Theory]
    [InlineData("tunnel.example.com", "tunnel.example.com", 7443)]
    [InlineData("tunnel.example.com:443", "tunnel.example.com", 443)]
    [InlineData("192.0.2.1", "192.0.2.1", 7443)]
    [InlineData("192.0.2.1:65535", "192.0.2.1", 65535)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 7443)]
    [InlineData("[2001:db8::1]:443", "2001:db8::1", 443)]
    public void A_host_and_a_port_are_read_and_written_alike(string text, string host, int port)
    {
        var address = GatewayAddress.Parse(text);
        Assert.Equal(new GatewayAddress(host, port), address);
        Assert.Equal(address, GatewayAddress.Parse(address.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":443")]
    [InlineData("a b")]
    [InlineData("tunnel.example.com:")]
    [InlineData("tunnel.example.com:0")]
    [InlineData("192.0.2.1:0")]
    [InlineData("[192.0.2.1]:443")]
    [InlineData("[2001:db8::1")]
    [InlineData("2001:db8::1")]
    [InlineData("tunnel.example.com:65536")]
    [InlineData("tunnel.example.com:+443")]
    [InlineData("https://tunnel.example.com")]
    public void What_is_no_address_is_refused_with_what_to_write(string text) =>
        Assert.Equal($"`{text}` is no gateway: write HOST or HOST:PORT",
            Assert.Throws<FormatException>(() => GatewayAddress.Parse(text)).Message);
}
