using Meridian.Gateway.Upstreams;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Gateway.Tests.Upstreams;

public sealed class AvailabilityTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(1));
    private readonly Availability _availability;

    public AvailabilityTests() => _availability = new Availability(_time);

    [Fact]
    public void Three_failures_in_a_row_are_a_reason_to_rest_and_an_answer_between_them_is_not()
    {
        _availability.Fail();
        _availability.Fail();
        _availability.Succeed();
        _availability.Fail();
        _availability.Fail();
        Assert.False(_availability.IsResting);
        _availability.Fail();
        Assert.True(_availability.IsResting);
    }

    [Fact]
    public void A_rest_is_half_a_second_at_first_and_doubles_up_to_half_a_minute()
    {
        foreach (var seconds in new[] { 0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30 })
        {
            _availability.Refuse();
            _time.Advance(TimeSpan.FromSeconds(seconds * 0.79));
            Assert.True(_availability.IsResting, $"{seconds}");
            _time.Advance(TimeSpan.FromSeconds(seconds * 0.42));
            Assert.False(_availability.IsResting, $"{seconds}");
        }

        _availability.Succeed();
        _availability.Refuse();
        _time.Advance(TimeSpan.FromSeconds(0.61));
        Assert.False(_availability.IsResting);
    }

    [Fact]
    public void Addresses_that_begin_to_rest_together_do_not_come_back_together()
    {
        Availability[] many = [.. Enumerable.Range(0, 100).Select(_ => new Availability(_time))];
        Array.ForEach(many, a => a.Refuse());
        _time.Advance(TimeSpan.FromSeconds(0.39));
        Assert.All(many, a => Assert.True(a.IsResting));
        _time.Advance(TimeSpan.FromSeconds(0.11));
        Assert.InRange(many.Count(a => a.IsResting), 10, 90);
        _time.Advance(TimeSpan.FromSeconds(0.11));
        Assert.DoesNotContain(many, a => a.IsResting);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("0", 1)]
    [InlineData("7", 7)]
    [InlineData("30", 30)]
    [InlineData("31", 30)]
    [InlineData("-5", 1)]
    [InlineData("Fri, 02 Jan 1970 00:00:07 GMT", 7)]
    [InlineData("Friday, 02-Jan-70 00:00:07 GMT", 7)]
    [InlineData("Fri Jan  2 00:00:07 1970", 7)]
    [InlineData("Fri, 02 Jan 1970 00:01:00 GMT", 30)]
    [InlineData("Thu, 01 Jan 1970 23:59:00 GMT", 1)]
    [InlineData("Fri, 02 Jan", 1)]
    [InlineData("tomorrow", 1)]
    public void An_address_that_is_full_is_spared_for_as_long_as_it_says_within_bounds(string? field, int seconds)
    {
        _availability.Fill(field);
        Assert.True(_availability.IsFull);
        Assert.False(_availability.IsResting);
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.True(_availability.IsFull);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_availability.IsFull);
    }

    [Fact]
    public void An_address_that_health_says_is_back_rests_no_longer_and_starts_anew()
    {
        _availability.Refuse();
        _availability.Refuse();
        _availability.Recover();
        Assert.False(_availability.IsResting);
        _availability.Fail();
        _availability.Fail();
        Assert.False(_availability.IsResting);
        _availability.Refuse();
        _time.Advance(TimeSpan.FromSeconds(0.61));
        Assert.False(_availability.IsResting);
    }

    [Fact]
    public void After_an_outage_the_share_grows_from_a_tenth_to_all()
    {
        var ramp = TimeSpan.FromSeconds(10);
        Assert.Equal(1, _availability.Share(TimeSpan.MaxValue));
        _availability.Recover();
        Assert.Equal(0.1, _availability.Share(ramp), 6);
        Assert.Equal(1, _availability.Share(TimeSpan.Zero));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0.55, _availability.Share(ramp), 6);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _availability.Share(ramp), 6);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _availability.Share(ramp));
    }
}
