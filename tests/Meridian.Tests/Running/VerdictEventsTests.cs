using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Health;
using Meridian.Model.History;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging;

namespace Meridian.Tests.Running;

/// <summary>What an event is about, where one probe or one override is for several sites, pools or endpoints.</summary>
public sealed class VerdictEventsTests : IAsyncDisposable, IEventStore, IOverrideStore, ILogger
{
    private readonly World _world = new(
        TestYaml.Part("Site", "hanoi", "{latitude: 21, longitude: 105}")
        + TestYaml.Part("Site", "suva", "{latitude: -18, longitude: 178}")
        + Pool("one", "hanoi", "{value: 10.0.0.1}") + Pool("two", "suva", "{value: 10.0.0.1}, {value: 10.0.0.2}")
        + Pool("split", null, "{value: 10.0.0.3, site: hanoi}, {value: 10.0.0.4, site: suva}")
        + Endpoint("a", "one", "two") + Endpoint("b", "two", "split"));

    private readonly History _history;
    private readonly List<IReadOnlyList<KeyValuePair<string, object?>>> _log = [];

    public VerdictEventsTests() => _history = new History(this, _world.Time, this);

    [Fact]
    public async Task A_verdict_of_a_probe_that_counts_at_several_sites_names_each_site_pool_and_endpoint()
    {
        await StartAsync();

        Record("10.0.0.1");

        var told = Assert.Single(_history.Recent(10));
        Assert.Equal(["a", "b"], told.Endpoints!.Order());
        Assert.Equal(["one", "two"], told.Pools!.Order());
        Assert.Equal(["hanoi", "suva"], told.Sites!.Order());
        Assert.Equal((null, null, null), (told.Endpoint, told.Pool, told.Site));
        Assert.All(["hanoi", "suva"], site => Assert.Equal([told], Of(site)));
    }

    [Fact]
    public async Task A_verdict_of_one_site_names_it_alone()
    {
        await StartAsync();

        Record("10.0.0.2");

        var told = Assert.Single(Of("suva"));
        Assert.Equal(("two", "suva", null), (told.Pool, told.Site, told.Sites));
        Assert.Empty(Of("hanoi"));
    }

    [Fact]
    public async Task The_log_of_a_verdict_has_all_names_in_its_fields()
    {
        await StartAsync();

        Record("10.0.0.1");

        Assert.Equal("a, b one, two hanoi, suva", string.Join(' ', new[] { "Endpoint", "Pool", "Site" }
            .Select(name => Assert.Single(_log).Single(f => f.Key == name).Value)));
    }

    [Fact]
    public async Task A_pool_without_a_site_is_told_of_the_sites_of_its_addresses()
    {
        await StartAsync(new PoolFeature(_history));

        _world.Turn("b", "10.0.0.3", VerdictState.Down);
        _world.Turn("b", "10.0.0.4", VerdictState.Down);
        await _world.SettleAsync();

        Assert.Equal("split", Assert.Single(Of("hanoi")).Pool);
        Assert.Equal(Of("hanoi"), Of("suva"));
    }

    [Theory]
    [InlineData("site/suva", "split two", "suva")]
    [InlineData("pool/two", "two", "suva")]
    [InlineData("pool/split", "split", "hanoi suva")]
    [InlineData("address/split/10.0.0.3", "split", "hanoi")]
    [InlineData("pool/*", "one split two", "hanoi suva")]
    [InlineData("site/nowhere", "", "nowhere")]
    [InlineData("pool/nothing", "nothing", "")]
    public async Task An_override_is_told_of_the_pools_and_sites_that_it_is_for_and_so_is_its_end(
        string target, string pools, string sites)
    {
        using var overrides = new OverrideFeature(this, _world.Loop, _history);
        await StartAsync();
        Assert.True(OverrideTarget.TryParse(target, out var parsed, out _));

        await overrides.SetAsync(new Override(parsed, OverrideState.Drain, "me", "test", _world.Time.GetUtcNow(),
            _world.Time.GetUtcNow().AddSeconds(1)));
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        await _world.Loop.PostAsync("test", () => overrides.Tick(_world.Time.GetUtcNow()));

        Assert.Equal(["expired", "test"], _history.Recent(10).Select(e => e.Cause));
        Assert.All(_history.Recent(10), told =>
        {
            Assert.Equal(pools, Names(told.Pool, told.Pools));
            Assert.Equal(sites, Names(told.Site, told.Sites));
        });
    }

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }

    ImmutableArray<Override> IOverrideStore.Read() => [];

    Task<string?> IOverrideStore.SaveAsync(Override value) => Task.FromResult<string?>(null);

    Task<string?> IOverrideStore.DeleteAsync(OverrideTarget target) => Task.FromResult<string?>(null);

    void IOverrideStore.DeleteExpired(DateTimeOffset now)
    {
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _log.Add((IReadOnlyList<KeyValuePair<string, object?>>)(object)state!);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static string Pool(string name, string? site, string addresses) => TestYaml.Part("AddressPool", name,
        $"{{healthCheck: tcp, {(site is null ? "" : $"site: {site}, ")}addresses: [{addresses}]}}");

    private static string Endpoint(string name, params string[] pools) => TestYaml.Part("GlobalEndpoint", name,
        $"{{hostname: {name}.example.org, policy: Failover, pools: [{string.Join(", ",
            pools.Select(p => $"{{pool: {p}}}"))}]}}");

    private static string Names(string? only, IReadOnlyList<string>? several) =>
        string.Join(' ', (several ?? (only is null ? [] : [only])).Order());

    private Task StartAsync(params IFeature[] features)
    {
        _world.Start(features);
        return _world.SettleAsync();
    }

    private void Record(string address)
    {
        var change = new VerdictChange(_world.Followed.First(t => t.Key.Target == address).Key, Verdict.Unknown,
            new Verdict(VerdictState.Down, _world.Time.GetUtcNow(), "refused"));
        _history.Record(VerdictEvents.LevelOf(change), VerdictEvents.Of(change, _world.Loop.State.Table));
    }

    private ImmutableArray<HistoryEvent> Of(string site) => _history.Find(new HistoryQuery(10) { Site = site });
}
