using Meridian.Model.Loads;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Load.Tests;

public sealed class LoadBookTests
{
    private static readonly LoadKey Key = new("p", "10.0.0.1", 80);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_newest_word_of_the_address_counts_whatever_its_source()
    {
        var book = new LoadBook(_time, TimeSpan.FromSeconds(15));
        book.Add(Key, Figure(LoadSource.Scrape, 0.1));
        _time.Advance(TimeSpan.FromSeconds(1));
        book.Add(Key, Figure(LoadSource.Report, 0.2));
        Assert.Equal(0.2, book.Of(Key)!.Given);
        _time.Advance(TimeSpan.FromSeconds(1));
        book.Add(Key, Figure(LoadSource.Health, 0.3));
        Assert.Equal(LoadSource.Health, book.Of(Key)!.Source);
    }

    [Fact]
    public void What_a_gateway_sent_counts_only_where_the_address_is_silent()
    {
        var book = new LoadBook(_time, TimeSpan.FromSeconds(15));
        book.Add(Key, Figure(LoadSource.Scrape, 0.1));
        _time.Advance(TimeSpan.FromSeconds(10));
        book.Add(Key, Figure(LoadSource.Gateway, 0.9));
        Assert.Equal(0.1, book.Of(Key)!.Given);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(0.9, book.Of(Key)!.Given);
    }

    [Fact]
    public void A_figure_is_stale_once_it_is_older_than_the_limit_and_not_before()
    {
        var book = new LoadBook(_time, TimeSpan.FromSeconds(15));
        book.Add(Key, Figure(LoadSource.Scrape, 0.1));
        book.Add(Key, Figure(LoadSource.Gateway, 0.9));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(0.1, book.Of(Key)!.Given);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0.9, book.Of(Key)!.Given);
    }

    [Fact]
    public void Of_two_figures_of_one_moment_the_later_one_counts_and_of_two_sources_the_scrape()
    {
        var book = new LoadBook(_time, TimeSpan.FromSeconds(15));
        book.Add(Key, Figure(LoadSource.Scrape, 0.1));
        book.Add(Key, Figure(LoadSource.Scrape, 0.2));
        book.Add(Key, Figure(LoadSource.Report, 0.3));
        Assert.Equal(0.2, book.Of(Key)!.Given);
    }

    [Fact]
    public void What_is_still_configured_is_kept()
    {
        var book = new LoadBook(_time, TimeSpan.FromSeconds(15));
        book.Add(Key, Figure(LoadSource.Scrape, 0.1));
        book.Keep(new HashSet<LoadKey> { Key });
        Assert.Equal(0.1, book.Of(Key)!.Given);
    }

    [Fact]
    public void An_old_word_is_still_a_word_where_there_is_no_other()
    {
        var book = new LoadBook(_time, TimeSpan.FromSeconds(15));
        book.Add(Key, Figure(LoadSource.Scrape, 0.1));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0.1, book.Of(Key)!.Given);
    }

    [Fact]
    public void A_figure_that_comes_late_is_dropped()
    {
        var book = new LoadBook(_time, TimeSpan.FromSeconds(15));
        var late = Figure(LoadSource.Scrape, 0.1);
        _time.Advance(TimeSpan.FromSeconds(1));
        book.Add(Key, Figure(LoadSource.Scrape, 0.2));
        book.Add(Key, late);
        Assert.Equal(0.2, book.Of(Key)!.Given);
    }

    [Fact]
    public void A_learned_capacity_is_believed_slowly()
    {
        var book = new LoadBook(_time, TimeSpan.FromSeconds(15));
        book.Learn(Key, 16);
        book.Learn(Key, 32);
        Assert.Equal(17.6, book.LearnedCapacity(Key)!.Value, 6);
        book.Learn(Key, null);
        Assert.Equal(17.6, book.LearnedCapacity(Key)!.Value, 6);
    }

    [Fact]
    public void What_is_no_longer_configured_is_forgotten()
    {
        var book = new LoadBook(_time, TimeSpan.FromSeconds(15));
        book.Add(Key, Figure(LoadSource.Scrape, 0.1));
        book.Learn(Key, 12);
        Assert.Equal(12, book.LearnedCapacity(Key));
        book.Keep(new HashSet<LoadKey>());
        Assert.Null(book.Of(Key));
        Assert.Null(book.LearnedCapacity(Key));
    }

    private LoadFigure Figure(LoadSource source, double given) => new(_time.GetUtcNow(), source) { Given = given };
}
