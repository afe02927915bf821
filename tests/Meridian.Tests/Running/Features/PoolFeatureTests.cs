using System.Collections.Immutable;
using Meridian.Model.History;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

public sealed class PoolFeatureTests : IAsyncDisposable, IEventStore
{
    private readonly World _world = new(World.Endpoint("a", "10.0.0.1", "10.0.0.2"));
    private readonly History _history;

    public PoolFeatureTests() => _history = new History(this, _world.Time, NullLogger.Instance);

    [Fact]
    public async Task A_pool_that_is_down_from_the_start_is_told_and_one_that_is_up_is_not()
    {
        _world.Known["10.0.0.2"] = Down("connect: refused");
        await StartAsync();

        Assert.Equal(new HistoryEvent(_world.Time.GetUtcNow(), "pool", "a/a-1",
            "pool a-1 is down and not in a.example.org: address 10.0.0.2: connect: refused")
        {
            Endpoint = "a",
            Pool = "a-1",
            Address = "10.0.0.2",
            From = "Unknown",
            To = "Down",
            Cause = "connect: refused",
        }, Assert.Single(_history.Recent(10)));
    }

    [Fact]
    public async Task What_a_reload_brings_is_told()
    {
        await StartAsync();
        _world.Known["10.0.0.3"] = Down("connect: refused");
        var loaded = _world.Read(World.Endpoint("a", "10.0.0.1", "10.0.0.2"), World.Endpoint("b", "10.0.0.3"));

        await _world.Loop.SubmitAsync(new Change("test", inputs => inputs with { Configuration = loaded }));
        await _world.SettleAsync();

        Assert.Equal(["b Unknown Down"], _history.Recent(10).Select(e => $"{e.Endpoint} {e.From} {e.To}"));
    }

    [Fact]
    public async Task A_pool_of_which_nothing_is_known_any_more_is_told()
    {
        await StartAsync();

        _world.Turn("a", "10.0.0.1", VerdictState.Unknown);
        await _world.SettleAsync();

        var told = Assert.Single(_history.Recent(10));
        Assert.Equal(("a-0", "Up", "Unknown"), (told.Pool, told.From, told.To));
        Assert.Equal("pool a-0 of a.example.org is unknown: its addresses have not been probed yet", told.Message);
    }

    [Fact]
    public async Task What_is_told_is_what_the_probe_found_that_turned_it()
    {
        await StartAsync();
        _world.Turn("a", "10.0.0.1", VerdictState.Down);
        await _world.SettleAsync();
        _world.Known["10.0.0.1"] = _world.Known["10.0.0.1"] with { Reason = "timeout after 1 s" };

        _world.Turn("a", "10.0.0.2", VerdictState.Down);
        await _world.SettleAsync();

        Assert.Equal(["a-1 Up Down test", "a-0 Up Down test"],
            _history.Recent(10).Select(e => $"{e.Pool} {e.From} {e.To} {e.Cause}"));
    }

    [Fact]
    public async Task A_verdict_is_told_from_Unknown_on_with_whom_it_is_about()
    {
        await StartAsync();
        var key = _world.Followed.First(t => t.Key.Target == "10.0.0.1").Key;

        var told = VerdictEvents.Of(new(key, Verdict.Unknown, Down("http: 503")), _world.Loop.State.Table);

        Assert.Equal(("verdict", "a", "a-0", "10.0.0.1", "Unknown", "Down", "http: 503"),
            (told.Kind, told.Endpoint, told.Pool, told.Address, told.From, told.To, told.Cause));
    }

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private Task StartAsync()
    {
        _world.Start(new PoolFeature(_history));
        return _world.SettleAsync();
    }

    private Verdict Down(string reason) => new(VerdictState.Down, _world.Time.GetUtcNow(), reason);
}
