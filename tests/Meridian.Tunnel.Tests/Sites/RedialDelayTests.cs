using Meridian.Tunnel.Sites;

namespace Meridian.Tunnel.Tests.Sites;

public sealed class RedialDelayTests
{
    private double _chance = 1;

    [Fact]
    public void The_span_doubles_from_a_quarter_of_a_second_to_twenty_seconds()
    {
        var delay = new RedialDelay(() => _chance);
        Assert.Equal([0.25, 0.5, 1, 2, 4, 8, 16, 20, 20, 20],
            Enumerable.Range(0, 10).Select(_ => delay.Next().TotalSeconds));
    }

    [Fact]
    public void The_delay_is_a_random_part_of_the_span()
    {
        var delay = new RedialDelay(() => _chance);
        _chance = 0;
        Assert.Equal(TimeSpan.Zero, delay.Next());
        _chance = 0.5;
        Assert.Equal(TimeSpan.FromSeconds(0.25), delay.Next());
    }

    [Fact]
    public void A_reset_starts_over()
    {
        var delay = new RedialDelay(() => _chance);
        for (var i = 0; i < 1000; i++)
            delay.Next();
        delay.Reset();
        Assert.Equal(TimeSpan.FromSeconds(0.25), delay.Next());
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(0.5, 10)]
    [InlineData(1, 15)]
    public void What_a_gateway_asks_for_is_varied_by_a_half(double chance, double seconds)
    {
        _chance = chance;
        Assert.Equal(TimeSpan.FromSeconds(seconds), new RedialDelay(() => _chance).Around(TimeSpan.FromSeconds(10)));
    }
}
