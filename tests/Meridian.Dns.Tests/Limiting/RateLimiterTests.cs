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

    [Theory]
    [InlineData("198.51.100.255", true)]
    [InlineData("198.51.101.0", false)]
    [InlineData("198.51.99.255", false)]
    [InlineData("2001:db8:0:ff::1", false)]
    public void An_IPv4_client_is_its_24_bits(string other, bool together) =>
        Assert.Equal(together, CountTogether("198.51.100.0", other));

    [Theory]
    [InlineData("2001:db8:0:ff:ffff::1", true)]
    [InlineData("2001:db8:0:100::", false)]
    [InlineData("2001:db7:ffff:ffff::", false)]
    public void An_IPv6_client_is_its_56_bits(string other, bool together) =>
        Assert.Equal(together, CountTogether("2001:db8::", other));

    [Theory]
    [InlineData(10, 10)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(7, 7)]
    [InlineData(15_000, 15_000)]
    public void A_burst_of_one_second_is_let_through_and_then_one_for_each_interval(int perSecond, int burst)
    {
        var limiter = new RateLimiter(new RateLimit { PerSecond = perSecond, Slip = 0 }, 7);
        var sent = 0;
        while (limiter.Judge([198, 51, 100, 1], 1, Start) == LimitVerdict.Send)
            sent++;
        Assert.Equal(burst, sent);
        var interval = TimeSpan.FromMilliseconds(1000.0 / perSecond);
        Assert.Equal(LimitVerdict.Drop, limiter.Judge([198, 51, 100, 1], 1, Start));
        interval += TimeSpan.FromMicroseconds(1); // an interval that is no whole number is rounded up
        Assert.Equal(LimitVerdict.Send, limiter.Judge([198, 51, 100, 1], 1, Start + interval));
        Assert.Equal(LimitVerdict.Drop, limiter.Judge([198, 51, 100, 1], 1, Start + interval));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(700)]
    [InlineData(3000)]
    [InlineData(15_000)]
    [InlineData(60_000)]
    public void A_limit_is_the_number_of_responses_a_second_that_it_says(int perSecond)
    {
        var limiter = new RateLimiter(new RateLimit { PerSecond = perSecond, Slip = 0 }, 7);
        var sent = Enumerable.Range(0, 400_000)
            .Count(i => limiter.Judge([198, 51, 100, 1], 1, Start.AddTicks(i * 100L)) == LimitVerdict.Send);

        // Four seconds, and one second's worth at once to begin with.
        Assert.InRange(sent, (5 * perSecond) - 10, 5 * perSecond);
    }

    [Fact]
    public void Of_many_at_once_no_more_are_sent_than_the_burst()
    {
        var limiter = new RateLimiter(new RateLimit { PerSecond = 1000, Slip = 0 }, 7);
        var sent = 0;
        Parallel.For(0, 100_000, _ =>
        {
            if (limiter.Judge([198, 51, 100, 1], 1, Start) == LimitVerdict.Send)
                Interlocked.Increment(ref sent);
        });
        Assert.Equal(1000, sent);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 30)]
    [InlineData(3, 10)]
    public void One_in_so_many_responses_over_the_limit_is_truncated(int slip, int truncated)
    {
        var limiter = new RateLimiter(new RateLimit { PerSecond = 1, Slip = slip }, 7);
        Assert.Equal(LimitVerdict.Send, limiter.Judge([198, 51, 100, 1], 1, Start));
        var verdicts = Enumerable.Range(0, 30).Select(_ => limiter.Judge([198, 51, 100, 1], 1, Start)).ToArray();

        Assert.Equal(truncated, verdicts.Count(v => v == LimitVerdict.Slip));
        Assert.Equal(30 - truncated, verdicts.Count(v => v == LimitVerdict.Drop));
        Assert.Equal((truncated, 30 - truncated), (limiter.Slipped, limiter.Dropped));
    }

    [Theory]
    [InlineData("198.51.127.255", true)]
    [InlineData("198.51.128.0", false)]
    [InlineData("198.50.0.1", false)]
    [InlineData("203.0.113.9", true)]
    [InlineData("203.0.113.8", false)]
    [InlineData("2001:db8:7fff:ffff::1", true)]
    [InlineData("2001:db8:8000::1", false)]
    [InlineData("c633::1", false)]
    public void An_exempt_network_has_its_prefix_and_its_family(string client, bool exempt)
    {
        var limiter = new RateLimiter(new RateLimit
        {
            PerSecond = 1,
            Slip = 0,
            Exempt =
            [
                IPNetwork.Parse("198.51.0.0/17"), IPNetwork.Parse("203.0.113.9/32"), IPNetwork.Parse("2001:db8::/33"),
            ],
        }, 7);
        var address = IPAddress.Parse(client).GetAddressBytes();
        limiter.Judge(address, 1, Start);

        Assert.Equal(exempt ? LimitVerdict.Send : LimitVerdict.Drop, limiter.Judge(address, 1, Start));
    }

    private static bool CountTogether(string one, string other)
    {
        var limiter = new RateLimiter(new RateLimit { PerSecond = 1, Slip = 0 }, 7);
        limiter.Judge(IPAddress.Parse(one).GetAddressBytes(), 1, Start);
        return limiter.Judge(IPAddress.Parse(other).GetAddressBytes(), 1, Start) == LimitVerdict.Drop;
    }
}
