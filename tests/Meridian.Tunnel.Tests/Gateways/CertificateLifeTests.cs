using Meridian.Tunnel.Gateways;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class CertificateLifeTests
{
    private static readonly DateTimeOffset Until = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-24 * 3600, "Current")]
    [InlineData(-601, "Current")]
    [InlineData(-600, "EndsSoon")]
    [InlineData(-1, "EndsSoon")]
    [InlineData(0, "Ended")]
    [InlineData(3599, "Ended")]
    [InlineData(3600, "LongEnded")]
    [InlineData(30 * 24 * 3600, "LongEnded")]
    public void The_stages_change_ten_minutes_before_the_end_at_it_and_an_hour_after_it(int seconds, string stage) =>
        Assert.Equal(stage, CertificateLife.StageAt(Until.AddSeconds(seconds), Until).ToString());

    [Fact]
    public void A_certificate_without_an_end_is_always_current() =>
        Assert.Equal(CertificateStage.Current, CertificateLife.StageAt(Until, DateTimeOffset.MaxValue));
}
