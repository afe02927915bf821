using System.Net;
using Meridian.Tunnel.Gateways;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class ArrivalLimiterTests
{
    [Fact]
    public void A_source_over_its_limit_is_not_forgotten_when_many_others_come()
    {
        var limiter = new ArrivalLimiter(1, new FakeTimeProvider());
        var guesser = ArrivalSource.Of(IPAddress.Parse("192.0.2.1"));
        for (var i = 0; i < 10; i++)
            Assert.True(limiter.TryAdmit(guesser));
        Assert.False(limiter.TryAdmit(guesser));
        for (var i = 0; i < 70_000; i++)
            limiter.TryAdmit(ArrivalSource.Of(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i])));
        Assert.False(limiter.TryAdmit(guesser));
    }
}
