using System.Net;
using Meridian.Tunnel.Gateways;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class ArrivalSourceTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void An_IPv4_address_and_an_IPv6_64_count_as_one(string one, string other, bool same) =>
        Assert.Equal(same, Of(one) == Of(other));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.255", true)]
    [InlineData("192.0.2.1", "192.0.3.1", false)]
    [InlineData("2001:db8:1::1", "2001:db8:1:ffff::1", true)]
    [InlineData("2001:db8:2::1", "2001:db8:3::1", false)]
    public void A_neighbourhood_is_an_IPv4_24_or_an_IPv6_48(string one, string other, bool same) =>
        Assert.Equal(same, Of(one).Neighbourhood == Of(other).Neighbourhood);

    [Fact]
    public void An_agent_is_no_address_and_its_own_neighbourhood()
    {
        var agent = ArrivalSource.Of("hanoi");
        Assert.Equal(agent, agent.Neighbourhood);
        Assert.NotEqual(agent, ArrivalSource.Of("hue"));
        Assert.NotEqual(agent, Of("::"));
    }

    private static ArrivalSource Of(string address) => ArrivalSource.Of(IPAddress.Parse(address));
}
