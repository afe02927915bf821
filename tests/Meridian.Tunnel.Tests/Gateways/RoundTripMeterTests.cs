using Meridian.Tunnel.Gateways;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class RoundTripMeterTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void The_latest_number_alone_is_measured()
    {
        var meter = new RoundTripMeter(_clock);
        meter.Receive(0);
        Assert.Null(meter.Latest);
        var first = meter.Start();
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        meter.Receive(first);
        Assert.Equal(TimeSpan.FromMilliseconds(20), meter.Latest);

        var second = meter.Start();
        _clock.Advance(TimeSpan.FromMilliseconds(5));
        meter.Receive(first);
        Assert.Equal(TimeSpan.FromMilliseconds(20), meter.Latest);
        meter.Receive(second);
        Assert.Equal(TimeSpan.FromMilliseconds(5), meter.Latest);
    }
}
