namespace Meridian.Drill.Tests;

public sealed class LatencySummaryTests
{
    [Fact]
    public void Nothing_measured_is_not_zero() =>
        Assert.Equal(new LatencySummary(null, null, null, null), LatencySummary.Of([]));

    [Theory]
    [InlineData(1, 1.0, 1.0, 1.0, 1.0)]
    [InlineData(2, 1.5, 1.0, 2.0, 2.0)]
    [InlineData(100, 50.5, 50.0, 95.0, 99.0)]
    [InlineData(101, 51.0, 51.0, 96.0, 100.0)]
    public void Percentiles_are_of_the_nearest_rank(int count, double average, double p50, double p95, double p99) =>
        Assert.Equal(new LatencySummary(average, p50, p95, p99),
            LatencySummary.Of(Enumerable.Range(1, count).Reverse().Select(i => (double)i)));
}
