using System.Globalization;
using Meridian.Fleet.Votes;

namespace Meridian.Fleet.Tests.Votes;

/// <summary>Who probes the same targets.</summary>
public sealed class CoverageTests
{
    private static readonly TargetId[] Targets =
        [.. Enumerable.Range(0, 2000).Select(i => new TargetId((ulong)(i + 1) * 0x9E3779B97F4A7C15))];

    [Fact]
    public void The_same_targets_in_any_order_are_shared()
    {
        var (one, other) = (Coverage.Of(Targets), Coverage.Of(Targets.Reverse()));

        Assert.All(Targets, t => Assert.True(one.Shares(t, other)));
    }

    [Fact]
    public void A_target_that_one_lacks_costs_only_those_of_its_bucket()
    {
        var (one, other) = (Coverage.Of(Targets), Coverage.Of(Targets[1..]));

        Assert.False(one.Shares(Targets[0], other));
        Assert.InRange(Targets.Count(t => !one.Shares(t, other)), 1, 40);
    }

    [Fact]
    public void It_is_read_as_it_is_written()
    {
        var text = Coverage.Of(Targets).ToString();

        Assert.Equal(text, Coverage.Parse(text)!.ToString());
        Assert.Equal(2732, text.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("no base64 at all")]
    public void What_is_no_coverage_is_refused(string text) => Assert.Null(Coverage.Parse(text));

    [Fact]
    public void Too_long_a_coverage_is_refused() => Assert.Null(Coverage.Parse(Coverage.None + "AAAA"));

    [Theory]
    [InlineData("00000000000000ff", true)]
    [InlineData("ff", false)]
    [InlineData("00000000000000fg", false)]
    [InlineData("000000000000000ff", false)]
    public void A_target_has_sixteen_digits(string text, bool good)
    {
        Assert.Equal(good, TargetId.TryParse(text, out var id));
        if (good)
            Assert.Equal(ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture), id.Value);
    }
}
