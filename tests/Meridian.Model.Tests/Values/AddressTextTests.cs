using System.Net;
using Meridian.Model.Values;

namespace Meridian.Model.Tests.Values;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("2001:DB8:0::1")]
    [InlineData("64:ff9b::192.0.2.1")]
    public void An_address_is_read(string text)
    {
        Assert.True(AddressText.TryParse(text, out var address, out var error));
        Assert.Equal(IPAddress.Parse(text), address);
        Assert.Null(error);
    }

    [Theory]
    [InlineData("", "`` is not an IP address")]
    [InlineData("example.org", "`example.org` is not an IP address")]
    [InlineData("10.1", "`10.1`: write an IPv4 address as four decimal numbers without leading zeros")]
    [InlineData("::ffff:192.0.2.1", "`::ffff:192.0.2.1`: write it as 192.0.2.1")]
    [InlineData("[2001:db8::1]", "`[2001:db8::1]`: write an IPv6 address without brackets, port and zone")]
    [InlineData("fe80::1%1", "`fe80::1%1`: write an IPv6 address without brackets, port and zone")]
    public void Anything_else_is_refused_with_a_reason(string text, string reason)
    {
        Assert.False(AddressText.TryParse(text, out var address, out var error));
        Assert.Null(address);
        Assert.Equal(reason, error);
    }
}
