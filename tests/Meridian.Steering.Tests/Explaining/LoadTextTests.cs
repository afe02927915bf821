using Meridian.Model.Loads;
using Meridian.Steering.Explaining;

namespace Meridian.Steering.Tests.Explaining;

public sealed class LoadTextTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(7.0, 1.0, 0.5, null, 16.0, "62 %: 7 of 16 running, 1 waiting, memory 50 % (Scrape, 1.5 s ago)")]
    [InlineData(7.0, null, null, null, null, "7 running (Scrape, 1.5 s ago)")]
    [InlineData(null, 2.0, null, null, null, "40 %: 2 waiting (Scrape, 1.5 s ago)")]
    [InlineData(null, null, null, 0.62, null, "62 % (Scrape, 1.5 s ago)")]
    public void A_figure_reads(double? running, double? waiting, double? memory, double? given, double? capacity,
        string expected)
    {
        var figure = new LoadFigure(Now, LoadSource.Scrape)
        {
            Running = running,
            Waiting = waiting,
            Memory = memory,
            Given = given,
        };
        Assert.Equal(expected, LoadText.Of(figure, null, capacity, Now.AddSeconds(1.5)).Replace('\u00a0', ' '));
    }

    [Fact]
    public void A_figure_of_a_clock_that_is_ahead_is_new() => Assert.Equal("1 running (Scrape, 0.0 s ago)",
        LoadText.Of(new LoadFigure(Now.AddSeconds(3), LoadSource.Scrape) { Running = 1 }, null, null, Now));
}
