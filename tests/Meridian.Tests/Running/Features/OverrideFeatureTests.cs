using System.Collections.Immutable;
using Meridian.Model.History;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Steering.Plans;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

public sealed class OverrideFeatureTests : IAsyncDisposable, IOverrideStore, IEventStore
{
    private readonly World _world = new(World.Endpoint("a", "10.0.0.1", "10.0.0.2"));
    private readonly OverrideFeature _overrides;
    private readonly History _history;
    private readonly List<string> _writes = [];
    private Func<Task<string?>> _disk = () => Task.FromResult<string?>(null);

    public OverrideFeatureTests()
    {
        _history = new History(this, _world.Time, NullLogger.Instance);
        _overrides = new OverrideFeature(this, _world.Loop, _history);
        _world.Start(_overrides);
    }

    [Fact]
    public async Task An_override_that_is_acknowledged_is_stored_and_in_force()
    {
        Assert.Null(await _overrides.SetAsync(Drain("pool/a-0")).WaitAsync(World.Limit));

        Assert.Equal(["save pool/a-0"], _writes);
        Assert.Equal(PoolState.Draining, _world.StateOf("a", 0));
        Assert.Contains("me says pool/a-0", _history.Recent(10)[0].Message);
    }

    [Fact]
    public async Task An_override_that_cannot_be_stored_is_refused_and_not_in_force()
    {
        _disk = () => Task.FromResult<string?>("no space left");

        Assert.Equal("no space left", await _overrides.SetAsync(Drain("pool/a-0")).WaitAsync(World.Limit));

        Assert.Equal(PoolState.Up, _world.StateOf("a", 0));
        Assert.Empty(_history.Recent(10));
    }

    [Fact]
    public async Task An_override_that_was_cleared_is_out_of_force_and_forgotten()
    {
        var drain = Drain("pool/a-0");
        Assert.Null(await _overrides.SetAsync(drain).WaitAsync(World.Limit));
        Assert.Null(await _overrides.ClearAsync(drain.Target, "me").WaitAsync(World.Limit));

        Assert.Equal(PoolState.Up, _world.StateOf("a", 0));
        Assert.Equal(["save pool/a-0", "delete pool/a-0"], _writes);
    }

    [Fact]
    public async Task An_override_ends_when_its_time_has_come()
    {
        var expires = _world.Time.GetUtcNow().AddSeconds(10);
        Assert.Null(await _overrides.SetAsync(Drain("pool/a-0") with { Expires = expires }).WaitAsync(World.Limit));

        _world.Time.Advance(TimeSpan.FromSeconds(9));
        await _world.SettleAsync();
        Assert.Equal(PoolState.Draining, _world.StateOf("a", 0));
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        while (_world.StateOf("a", 0) != PoolState.Up)
            await _world.SettleAsync();

        Assert.Equal(["save pool/a-0", "delete expired"], _writes);
        Assert.Contains("has expired", _history.Recent(10)[0].Message);
    }

    [Fact]
    public async Task An_override_that_is_being_stored_while_another_on_its_target_expires_is_not_deleted()
    {
        var expires = _world.Time.GetUtcNow().AddSeconds(10);
        Assert.Null(await _overrides.SetAsync(Drain("pool/a-0") with { Expires = expires }).WaitAsync(World.Limit));
        var written = new TaskCompletionSource<string?>();
        _disk = () => written.Task;
        var setting = _overrides.SetAsync(Drain("pool/a-0"));

        _world.Time.SetUtcNow(expires);
        await _world.SettleAsync();
        while (_world.StateOf("a", 0) != PoolState.Up)
            await _world.SettleAsync();
        written.SetResult(null);

        Assert.DoesNotContain("delete pool/a-0", _writes);
        Assert.Equal("save pool/a-0", _writes[1]);
        _ = await setting.WaitAsync(World.Limit);
    }

    public ImmutableArray<Override> Read() => [];

    public Task<string?> SaveAsync(Override value)
    {
        _writes.Add($"save {value.Target}");
        return _disk();
    }

    public Task<string?> DeleteAsync(OverrideTarget target)
    {
        _writes.Add($"delete {target}");
        return _disk();
    }

    void IOverrideStore.DeleteExpired(DateTimeOffset now) => _writes.Add("delete expired");

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _overrides.Dispose();
    }

    private Override Drain(string target)
    {
        Assert.True(OverrideTarget.TryParse(target, out var parsed, out _));
        return new Override(parsed, OverrideState.Drain, "me", "test", _world.Time.GetUtcNow(), null);
    }
}
