using System.Net;
using Meridian.Addresses;
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

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("10.0.0.256", true)]
    [InlineData("1", true)]
    [InlineData("example.09", true)]
    [InlineData("example.org:80", true)]
    [InlineData("::", true)]
    [InlineData("", false)]
    [InlineData("10.", true)]
    [InlineData("10.org", false)]
    [InlineData("example.1a", false)]
    [InlineData("example.a1", false)]
    public void A_colon_or_a_number_at_the_end_can_only_be_meant_as_an_address(string text, bool meant) =>
        Assert.Equal(meant, IpText.IsMeant(text));
}
