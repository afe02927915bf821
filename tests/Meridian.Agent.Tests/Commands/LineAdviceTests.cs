using Meridian.Agent.Commands;
using Meridian.Tunnel.Sites;

namespace Meridian.Agent.Tests.Commands;

public sealed class LineAdviceTests
{
    private const double MiB = 1 << 20;

    [Theory]
    [InlineData(0, true, "as the gateway's")]
    [InlineData(1.9, true, "as the gateway's")]
    [InlineData(-1.9, true, "as the gateway's")]
    [InlineData(2, true, "2 s ahead of the gateway's")]
    [InlineData(-2, true, "2 s behind the gateway's")]
    [InlineData(299, true, "299 s ahead of the gateway's")]
    [InlineData(300, false, "300 s ahead of the gateway's")]
    [InlineData(-300, false, "300 s behind the gateway's")]
    public void Clocks_may_differ_by_less_than_five_minutes(double ahead, bool good, string text)
    {
        var line = new LineReading(TimeSpan.Zero, TimeSpan.FromSeconds(ahead), 0, 0);
        Assert.Equal((good, text), (LineAdvice.IsClockGood(line), LineAdvice.ClockText(line)));
    }

    [Theory]
    [InlineData(100, 41, 60, true)]
    [InlineData(100, 60, 41, true)]
    [InlineData(100, 60, 40, false)] // less than half of what the buffers allow: something else limits it
    [InlineData(20, 1000, 1000, false)] // a short line
    [InlineData(21, 1000, 1000, true)]
    public void A_long_line_that_fills_the_kernel_s_buffers_gets_advice(int milliseconds, double down, double up,
        bool advised)
    {
        var line = new LineReading(TimeSpan.FromMilliseconds(milliseconds), TimeSpan.Zero, down * MiB, up * MiB);
        var text = LineAdvice.ThroughputText(line, 8 * MiB);
        Assert.StartsWith($"{down:0.0} MiB/s from the gateway, {up:0.0} MiB/s to it, on one connection", text,
            StringComparison.Ordinal);
        Assert.Equal(advised, text.Contains("raise net.ipv4.tcp_rmem and tcp_wmem", StringComparison.Ordinal));
    }
}
