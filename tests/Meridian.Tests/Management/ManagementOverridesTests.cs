using System.Collections.Immutable;
using Meridian.Management;
using Meridian.Model.History;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Management;

public sealed class ManagementOverridesTests : IAsyncDisposable, IOverrideStore, IEventStore
{
    private readonly World _world = new(World.Endpoint("a", "10.0.0.1", "10.0.0.2"), World.Endpoint("b", "10.0.0.1"));
    private readonly OverrideFeature _feature;
    private readonly ManagementOverrides _overrides;
    private string? _fault;

    public ManagementOverridesTests()
    {
        var history = new History(this, _world.Time, NullLogger.Instance);
        _feature = new OverrideFeature(this, _world.Loop, history);
        _overrides = new ManagementOverrides(_feature, () => _world.Loop.State, _world.Judge, null,
            _world.Time);
        _world.Start(_feature);
    }

    [Fact]
    public async Task An_override_tells_how_many_addresses_it_matches()
    {
        Assert.Equal((1, null), await SetAsync("address/a-0/10.0.0.1"));
        Assert.Equal((0, null), await SetAsync("pool/nothing"));
        Assert.Equal(2, _overrides.Current.Length);
    }

    [Theory]
    [InlineData("pool/a-0", true)]
    [InlineData("pool/a-*", true)]
    [InlineData("address/a-0/10.0.0.1", true)]
    [InlineData("address/*/10.0.0.?", false)]
    [InlineData("address/a-0/10.0.0.9", false)]
    [InlineData("pool/a-9", false)]
    [InlineData("site/a-0", false)]
    public async Task A_target_is_known_where_something_is_called_so(string target, bool known)
    {
        await _world.SettleAsync();

        Assert.Equal(known, _overrides.ForecastSetting(Drain(target)).Known is null);
    }

    [Fact]
    public async Task What_would_leave_nothing_to_serve_is_told_with_what_would_answer()
    {
        await SetAsync("pool/a-0");
        await _world.SettleAsync();

        Assert.Empty(_overrides.ForecastSetting(Drain("pool/a-0")).Emptied);
        Assert.Equal("a.example.org would have no pool that is up, and whenAllDown ServeAll would answer 10.0.0.2",
            Assert.Single(_overrides.ForecastSetting(Drain("pool/a-1")).Emptied));
        Assert.Empty(_overrides.ForecastClearing(Target("pool/a-0")).Emptied);
    }

    [Fact]
    public async Task Clearing_what_alone_is_up_leaves_nothing_to_serve()
    {
        await _overrides.SetAsync(Drain("pool/b-0") with { State = OverrideState.Up });
        _world.Turn("b", "10.0.0.1", VerdictState.Down);
        await _world.SettleAsync();

        Assert.StartsWith("b.example.org would have no pool that is up",
            Assert.Single(_overrides.ForecastClearing(Target("pool/b-0")).Emptied));
    }

    [Fact]
    public async Task A_fault_of_the_store_is_passed_on_and_nothing_is_set()
    {
        _fault = "full";
        Assert.Equal((1, "full"), await SetAsync("pool/a-0"));
        Assert.Empty(_overrides.Current);
    }

    [Fact]
    public async Task A_missing_override_cannot_be_cleared()
    {
        Assert.Null(await _overrides.ClearAsync(Target("pool/a-0"), "me"));
        await SetAsync("pool/a-0");
        Assert.Null((await _overrides.ClearAsync(Target("pool/a-0"), "me"))!.StoreFault);
        Assert.Empty(_overrides.Current);
    }

    ImmutableArray<Override> IOverrideStore.Read() => [];

    Task<string?> IOverrideStore.SaveAsync(Override value) => Task.FromResult(_fault);

    Task<string?> IOverrideStore.DeleteAsync(OverrideTarget target) => Task.FromResult(_fault);

    void IOverrideStore.DeleteExpired(DateTimeOffset now)
    {
    }

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _feature.Dispose();
    }

    private async Task<(int, string?)> SetAsync(string target)
    {
        var outcome = await _overrides.SetAsync(new Override(Target(target), OverrideState.Down, "me", "test",
            _world.Time.GetUtcNow(), null));
        return (outcome.Matched, outcome.StoreFault);
    }

    private Override Drain(string target) =>
        new(Target(target), OverrideState.Drain, "me", "test", _world.Time.GetUtcNow(), null);

    private static OverrideTarget Target(string text)
    {
        Assert.True(OverrideTarget.TryParse(text, out var target, out _));
        return target;
    }
}
