using Meridian.Fleet.Votes;

namespace Meridian.Fleet.Tests.Votes;

/// <summary>When a node does not believe its own probes.</summary>
public sealed class SelfDoubtTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(10, "a b c a b c", true)] // six of ten at three sites
    [InlineData(10, "a b c a b", false)] // half is no more than half
    [InlineData(10, "a b a b a b a b a b", false)] // two sites can fall together
    [InlineData(3, "a b c", true)]
    public void It_doubts_itself_when_most_is_lost_at_several_sites(int targets, string sites, bool ill)
    {
        var doubt = sites.Split(' ').Aggregate(SelfDoubt.None, (d, site) => d.Lose(site, targets, Start));

        Assert.Equal(ill, doubt.Illness is not null);
    }

    [Fact]
    public void What_is_lost_slowly_is_believed()
    {
        var doubt = SelfDoubt.None.Lose("a", 3, Start).Lose("b", 3, Start.AddSeconds(1));

        Assert.NotNull(doubt.Lose("c", 3, Start.AddSeconds(4.999)).Illness);
        Assert.Null(doubt.Lose("c", 3, Start.AddSeconds(5)).Illness);
    }

    [Fact]
    public void It_has_an_opinion_again_after_half_a_minute()
    {
        var doubt = SelfDoubt.None.Lose("a", 3, Start).Lose("b", 3, Start).Lose("c", 3, Start);

        Assert.Equal("lost 3 of 3 targets at 3 sites at once", doubt.At(Start.AddSeconds(29.999)).Illness);
        Assert.Null(doubt.At(Start.AddSeconds(30)).Illness);
    }

    [Fact]
    public void More_that_is_lost_makes_it_no_longer()
    {
        var doubt = SelfDoubt.None.Lose("a", 3, Start).Lose("b", 3, Start).Lose("c", 3, Start);

        Assert.Equal(doubt.Until, doubt.Lose("d", 3, Start.AddSeconds(3)).Until);
    }
}
