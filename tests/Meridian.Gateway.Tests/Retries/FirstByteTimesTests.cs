using Meridian.Gateway.Retries;

namespace Meridian.Gateway.Tests.Retries;

public sealed class FirstByteTimesTests
{
    private readonly FirstByteTimes _times = new();

    [Fact]
    public void Nothing_is_said_of_fewer_than_a_hundred_answers()
    {
        Add(99, 100);
        Assert.Null(_times.Quantile(0.5));
        Add(1, 100);
        Assert.NotNull(_times.Quantile(0.5));
    }

    [Fact]
    public void A_quantile_is_the_time_that_this_share_of_the_answers_did_not_exceed_within_an_eighth()
    {
        Add(900, 10);
        Add(90, 100);
        Add(10, 1000);
        Assert.InRange(Milliseconds(0.5), 10, 11.25);
        Assert.InRange(Milliseconds(0.9), 10, 11.25);
        Assert.InRange(Milliseconds(0.95), 100, 112.5);
        Assert.InRange(Milliseconds(0.99), 100, 112.5);
        Assert.InRange(Milliseconds(1), 1000, 1125);
    }

    [Fact]
    public void Times_beyond_either_end_count_at_that_end()
    {
        Add(60, 0);
        Add(40, 3_600_000);
        Assert.InRange(Milliseconds(0.5), 0.1, 0.1125);
        Assert.InRange(Milliseconds(0.9), 900_000, 1_000_000);
    }

    [Theory]
    [InlineData(0.05)] // counted in the first bucket
    [InlineData(10)]
    public void Old_times_fade(double milliseconds)
    {
        Add(99_999, milliseconds);
        Add(1, 1000);
        Add(60_000, 1000);
        Assert.InRange(Milliseconds(0.5), 1000, 1125);
    }

    private double Milliseconds(double share) => _times.Quantile(share)!.Value.TotalMilliseconds;

    private void Add(int count, double milliseconds)
    {
        for (var i = 0; i < count; i++)
            _times.Add(TimeSpan.FromMilliseconds(milliseconds));
    }
}
