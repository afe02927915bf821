using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests.Plans;

/// <summary>
/// Shares are counted over draws that lie evenly, as many in each column of the table: what is counted is the shares
/// themselves, not a sample of them.
/// </summary>
public sealed class AliasTableTests
{
    private const int DrawsPerColumn = 4096;

    public static TheoryData<double[]> Weights => new(
        [1.0, 1], [1.0, 3], [0.5, 0.25, 0.25], [0.0, 1, 0, 2], [1e-9, 1, 1e9], [5.0, 4, 3, 2, 1],
        [1.0, 2, 3, 4, 5, 1, 1, 100], [0.0, 0, 0], [7.0]);

    [Theory]
    [MemberData(nameof(Weights))]
    public void Shares_are_the_weights(double[] weights) => AssertShares(weights);

    [Fact]
    public void Shares_are_the_weights_however_they_are_rounded()
    {
        var random = new Random(20261130);
        for (var i = 0; i < 300; i++)
        {
            var tenths = new double[random.Next(2, 24)];
            for (var j = 0; j < tenths.Length; j++)
                tenths[j] = random.Next(1, 30) / 10.0;
            AssertShares(tenths);
        }
    }

    [Fact]
    public void Nothing_is_certain_where_there_is_nothing_or_more_than_one()
    {
        Assert.False(AliasTable.Of([]).IsCertain(out _));
        Assert.False(AliasTable.Of([(5, 1), (6, 1)]).IsCertain(out _));
        Assert.True(AliasTable.Of([(5, 1), (6, 0)]).IsCertain(out var only));
        Assert.Equal(5, only);
    }

    private static void AssertShares(double[] weights)
    {
        // No item is numbered 0, which is what a place that was never written would be.
        var table = AliasTable.Of(weights.Select((w, i) => (i + 1, w)));
        var shares = weights.Sum() > 0 ? weights : [.. weights.Select(_ => 1.0)];
        var columns = shares.Count(w => w > 0);
        var draws = columns * DrawsPerColumn;
        var counts = new int[weights.Length + 1];
        for (var k = 0; k < draws; k++)
            counts[table.Draw((ulong)((UInt128)(k + 1) * ulong.MaxValue / (UInt128)(draws + 1)))]++;

        Assert.Equal(0, counts[0]);
        for (var i = 0; i < shares.Length; i++)
            Assert.Equal(shares[i] / shares.Sum(), (double)counts[i + 1] / draws, 2.0 * columns / draws);
    }
}
