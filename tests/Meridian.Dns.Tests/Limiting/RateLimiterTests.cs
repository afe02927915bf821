using System.Net;
using Meridian.Dns.Limiting;

namespace Meridian.Dns.Tests.Limiting;

public sealed class RateLimiterTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_network_gets_its_rate_and_no_more_and_what_is_over_is_dropped_or_truncated_in_turn()
    {
        var limiter = new RateLimiter(new RateLimit { PerSecond = 100, Slip = 2 }, 7);
        var verdicts = Enumerable.Range(0, 10_000)
            .Select(i => limiter.Judge([198, 51, 100, (byte)i], 1, Start.AddMilliseconds(i))).ToArray();

        // Ten seconds at 100 a second, and one second's worth at once to begin with.
        Assert.InRange(verdicts.Count(v => v == LimitVerdict.Send), 1090, 1110);
        Assert.Equal(limiter.Slipped, verdicts.Count(v => v == LimitVerdict.Slip));
        Assert.InRange(limiter.Slipped, limiter.Dropped - 1, limiter.Dropped + 1);
    }

    [Fact]
    public void Other_networks_and_other_names_are_not_limited_with_it()
    {
        var limiter = new RateLimiter(new RateLimit { PerSecond = 10, Slip = 0 }, 7);
        for (var i = 0; i < 100; i++)
            limiter.Judge([198, 51, 100, 1], 1, Start);

        Assert.Equal(LimitVerdict.Drop, limiter.Judge([198, 51, 100, 99], 1, Start));
        Assert.Equal(LimitVerdict.Send, limiter.Judge([198, 51, 101, 1], 1, Start));
        Assert.Equal(LimitVerdict.Send, limiter.Judge([198, 51, 100, 1], 2, Start));
        Assert.Equal(LimitVerdict.Send, limiter.Judge(IPAddress.Parse("2001:db8::1").GetAddressBytes(), 1, Start));
        Assert.Equal(LimitVerdict.Send, limiter.Judge([198, 51, 100, 99], 1, Start.AddSeconds(2)));
    }

    [Fact]
    public void An_exempt_network_is_never_limited()
    {
        var limiter = new RateLimiter(new RateLimit
        {
            PerSecond = 1,
            Exempt = [IPNetwork.Parse("198.51.0.0/17"), IPNetwork.Parse("2001:db8::/33")],
        }, 7);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(LimitVerdict.Send, limiter.Judge([198, 51, 100, 1], 1, Start));
            Assert.Equal(LimitVerdict.Send, limiter.Judge(IPAddress.Parse("2001:db8::1").GetAddressBytes(), 1, Start));
        }

        limiter.Judge([198, 51, 200, 1], 1, Start);
        limiter.Judge([198, 51, 200, 1], 1, Start);
        Assert.NotEqual(LimitVerdict.Send, limiter.Judge([198, 51, 200, 1], 1, Start));
    }
}
