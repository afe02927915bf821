using Meridian.Gateway.Http1;

namespace Meridian.Gateway.Tests.Http1;

/// <summary>TLS records, in pieces of any size.</summary>
public sealed class RecordBoundaryTests
{
    // Three records: of 300 octets, of none and of one.
    private static readonly byte[] Records =
        [23, 3, 3, 1, 44, .. new byte[300], 23, 3, 3, 0, 0, 21, 3, 3, 0, 1, 255];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(305)]
    [InlineData(1000)]
    public void Octets_end_with_a_whole_record_at_its_end_alone(int piece)
    {
        int[] ends = [305, 310, 316];
        var boundary = new RecordBoundary();
        Assert.False(boundary.IsWithin);
        for (var at = 0; at < Records.Length; at += piece)
        {
            var end = Math.Min(at + piece, Records.Length);
            boundary.Pass(Records.AsSpan(at, end - at));
            Assert.Equal(!ends.Contains(end), boundary.IsWithin);
        }
    }

    [Fact]
    public void A_length_takes_no_more_than_its_two_octets()
    {
        var boundary = new RecordBoundary();
        boundary.Pass([255, 255, 255, 0, 2, 255]);
        Assert.True(boundary.IsWithin);
        boundary.Pass([255]);
        Assert.False(boundary.IsWithin);
    }
}
