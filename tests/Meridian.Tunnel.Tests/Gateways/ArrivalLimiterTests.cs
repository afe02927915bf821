using System.Net;
using Meridian.Tunnel.Gateways;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class ArrivalLimiterTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_source_over_its_limit_is_not_forgotten_when_many_others_come()
    {
        var limiter = new ArrivalLimiter(1, _clock);
        var guesser = Address("192.0.2.1");
        Exhaust(limiter, guesser, 10);
        for (var i = 0; i < 70_000; i++)
            limiter.TryAdmit(Numbered(i));
        Assert.False(limiter.TryAdmit(guesser));
        Assert.Equal(65_536, limiter.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_burst_is_ten_seconds_worth_and_refills_one_by_one(int perSecond)
    {
        var limiter = new ArrivalLimiter(perSecond, _clock);
        var source = Address("192.0.2.1");
        Exhaust(limiter, source, 10 * perSecond);

        var one = TimeSpan.FromSeconds(1) / perSecond;
        _clock.Advance(one - TimeSpan.FromTicks(1));
        Assert.False(limiter.TryAdmit(source));
        _clock.Advance(TimeSpan.FromTicks(1));
        Exhaust(limiter, source, 1);
        _clock.Advance(one * 3);
        Exhaust(limiter, source, 3);
        _clock.Advance(TimeSpan.FromHours(1));
        Exhaust(limiter, source, 10 * perSecond);
    }

    [Fact]
    public void Sources_do_not_use_up_each_other_s_limits()
    {
        var limiter = new ArrivalLimiter(1, _clock);
        Exhaust(limiter, Address("192.0.2.1"), 10);
        Exhaust(limiter, Address("192.0.2.2"), 10);
        Exhaust(limiter, ArrivalSource.Of("hanoi"), 10);
        Exhaust(limiter, ArrivalSource.Of("hue"), 10);
        Assert.Equal(4, limiter.Count);
    }

    [Fact]
    public void A_bucket_that_is_full_again_gives_way_and_one_that_is_not_stays()
    {
        var limiter = new ArrivalLimiter(1, _clock, capacity: 4);
        var busy = Address("198.51.100.1");
        Exhaust(limiter, busy, 10);
        for (var i = 0; i < 3; i++)
            limiter.TryAdmit(Numbered(i));
        _clock.Advance(TimeSpan.FromSeconds(1)); // the three are full, the busy one has one left

        // Were they in a shared bucket, all of them together would have ten.
        for (var i = 0; i < 3; i++)
            Exhaust(limiter, Numbered(1000 + i), 10);
        Assert.Equal(4, limiter.Count);
        Exhaust(limiter, busy, 1);
    }

    [Fact]
    public void A_source_that_has_given_way_has_no_part_in_the_bucket_that_it_had()
    {
        var limiter = new ArrivalLimiter(1, _clock, capacity: 1);
        ArrivalSource[] sources = [Address("192.0.2.1"), Address("192.0.2.2"), Address("198.51.100.1")];
        foreach (var source in sources)
        {
            Assert.True(limiter.TryAdmit(source));
            _clock.Advance(TimeSpan.FromSeconds(1)); // full again: the next one takes it
        }

        Exhaust(limiter, sources[2], 10);

        Assert.True(limiter.TryAdmit(sources[0]));
        Assert.True(limiter.TryAdmit(sources[1]));
    }

    [Fact]
    public void One_arrival_examines_eight_buckets_and_the_next_one_the_eight_after()
    {
        var limiter = new ArrivalLimiter(1, _clock, capacity: 10);
        for (var i = 0; i < 8; i++)
            Exhaust(limiter, Numbered(i), 10);
        limiter.TryAdmit(Numbered(8));
        limiter.TryAdmit(Numbered(9));
        _clock.Advance(TimeSpan.FromSeconds(1)); // the last two are full

        // The first newcomer finds none among the first eight and shares a bucket; its second arrival finds the ninth.
        var newcomer = Address("203.0.113.1");
        Assert.True(limiter.TryAdmit(newcomer));
        Exhaust(limiter, newcomer, 10);
        Assert.Equal(10, limiter.Count);
    }

    [Fact]
    public void The_eighth_bucket_that_one_arrival_examines_can_be_its_own()
    {
        var limiter = new ArrivalLimiter(1, _clock, capacity: 10);
        for (var i = 0; i < 7; i++)
            Exhaust(limiter, Numbered(i), 10);
        for (var i = 7; i < 10; i++)
            limiter.TryAdmit(Numbered(i));
        _clock.Advance(TimeSpan.FromSeconds(1)); // the last three are full

        // An arrival that was counted in a shared bucket would leave ten more to the bucket of its own.
        Exhaust(limiter, Address("203.0.113.1"), 10);
    }

    [Fact]
    public void Where_all_buckets_are_in_use_newcomers_share_one_by_their_neighbourhood()
    {
        var limiter = new ArrivalLimiter(1, _clock, capacity: 2);
        Exhaust(limiter, Address("198.51.100.1"), 10);
        Exhaust(limiter, Address("198.51.100.2"), 10);
        Exhaust(limiter, Address("203.0.113.1"), 10);
        Assert.False(limiter.TryAdmit(Address("203.0.113.255")));
        Assert.Equal(2, limiter.Count);

        // Other neighbourhoods have other buckets: not all of thirty can fall into the one that is used up.
        Assert.Contains(true, Enumerable.Range(0, 30).Select(i => limiter.TryAdmit(Address($"192.0.{i}.1"))));
        Assert.Contains(true, Enumerable.Range(0, 30).Select(i => limiter.TryAdmit(Address($"2001:db8:{i:x}::1"))));
        Assert.Contains(true, Enumerable.Range(0, 30).Select(i => limiter.TryAdmit(ArrivalSource.Of($"site-{i}"))));
    }

    [Fact]
    public void Of_many_at_once_no_more_are_admitted_than_the_burst()
    {
        var limiter = new ArrivalLimiter(5, _clock);
        var admitted = 0;
        Parallel.For(0, 1000, _ =>
        {
            if (limiter.TryAdmit(Address("192.0.2.1")))
                Interlocked.Increment(ref admitted);
        });
        Assert.Equal(50, admitted);
    }

    private static ArrivalSource Address(string text) => ArrivalSource.Of(IPAddress.Parse(text));

    private static ArrivalSource Numbered(int number) =>
        ArrivalSource.Of(new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]));

    private static void Exhaust(ArrivalLimiter limiter, ArrivalSource source, int expected)
    {
        for (var i = 0; i < expected; i++)
            Assert.True(limiter.TryAdmit(source), $"arrival {i + 1} of {expected}");
        Assert.False(limiter.TryAdmit(source));
    }
}
