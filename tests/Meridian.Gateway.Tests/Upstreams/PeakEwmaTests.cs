using Meridian.Gateway.Upstreams;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Gateway.Tests.Upstreams;

public sealed class PeakEwmaTests
{
    [Fact]
    public void A_slow_answer_counts_at_once_and_fades_to_a_third_in_ten_seconds()
    {
        var time = new FakeTimeProvider();
        var mean = new PeakEwma(time);
        Assert.Equal(0, mean.Value);
        mean.Observe(1);
        Assert.Equal(1, mean.Value, 6);
        mean.Observe(0.5);
        Assert.Equal(1, mean.Value, 6);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Math.Exp(-1), mean.Value, 6);
        mean.Observe(0.2);
        Assert.Equal(Math.Exp(-1) + (0.2 * (1 - Math.Exp(-1))), mean.Value, 6);
        mean.Observe(3);
        Assert.Equal(3, mean.Value, 6);
    }
}
