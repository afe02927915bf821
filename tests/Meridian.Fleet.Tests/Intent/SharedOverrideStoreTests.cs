using System.Collections.Immutable;
using Meridian.Fleet.Intent;
using Meridian.Model.Verdicts;
using Meridian.State;
using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Fleet.Tests.Intent;

/// <summary>What a person says to one node holds on all, or is refused.</summary>
public sealed class SharedOverrideStoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly MemoryCluster _cluster = new();
    private readonly (MemoryStore Shared, SharedOverrideStore Overrides, MemoryCopy Copy) _one;
    private readonly (MemoryStore Shared, SharedOverrideStore Overrides, MemoryCopy Copy) _other;

    public SharedOverrideStoreTests() => (_one, _other) = (Connect(), Connect());

    [Fact]
    public async Task What_one_node_takes_all_nodes_have()
    {
        var drain = Override("site/fra");

        Assert.Null(await _one.Overrides.SaveAsync(drain));

        Assert.Equal([drain], _other.Overrides.Read());
    }

    [Fact]
    public async Task What_one_node_clears_is_cleared_on_all()
    {
        await _one.Overrides.SaveAsync(Override("site/fra"));

        Assert.Null(await _other.Overrides.DeleteAsync(Override("site/fra").Target));

        Assert.Empty(_one.Overrides.Read());
    }

    [Fact]
    public async Task The_later_of_two_on_a_target_stands_and_the_order_is_that_of_the_store()
    {
        await _one.Overrides.SaveAsync(Override("site/fra", "ann"));
        await _one.Overrides.SaveAsync(Override("pool/p", "ann"));
        await _other.Overrides.SaveAsync(Override("site/fra", "bob"));

        Assert.Equal([("pool/p", "ann"), ("site/fra", "bob")],
            _one.Overrides.Read().Select(o => (o.Target.Text, o.Author)));
    }

    [Fact]
    public async Task With_the_store_away_a_change_is_refused_and_what_stands_is_read()
    {
        await _one.Overrides.SaveAsync(Override("site/fra"));
        _one.Shared.Cut();

        Assert.StartsWith("the shared store did not take it", await _one.Overrides.SaveAsync(Override("site/sin")),
            StringComparison.Ordinal);
        Assert.StartsWith("the shared store did not take it",
            await _one.Overrides.DeleteAsync(Override("site/fra").Target), StringComparison.Ordinal);
        Assert.Equal(["site/fra"], _one.Overrides.Read().Select(o => o.Target.Text));
        Assert.Equal(["site/fra"], _other.Overrides.Read().Select(o => o.Target.Text));
    }

    [Fact]
    public async Task A_node_that_starts_without_the_store_has_its_copy()
    {
        await _other.Overrides.SaveAsync(Override("site/fra"));
        _one.Overrides.Copy();

        await using var away = new MemoryCluster().Connect(); // never started
        Assert.Equal(["site/fra"], new SharedOverrideStore(away, _one.Copy).Read().Select(o => o.Target.Text));
    }

    [Fact]
    public async Task The_copy_forgets_what_others_have_cleared()
    {
        await _one.Overrides.SaveAsync(Override("site/fra"));
        await _other.Overrides.DeleteAsync(Override("site/fra").Target);
        _one.Overrides.Copy();

        Assert.Empty(_one.Copy.Read());
    }

    [Fact]
    public async Task What_has_expired_is_deleted_unless_another_has_taken_its_place()
    {
        await _one.Overrides.SaveAsync(Override("site/fra") with { Expires = Start.AddHours(1) });
        await _one.Overrides.SaveAsync(Override("site/sin") with { Expires = Start.AddHours(3) });

        _one.Overrides.DeleteExpired(Start.AddHours(2));

        Assert.Equal(["site/sin"], _other.Overrides.Read().Select(o => o.Target.Text));
    }

    [Fact]
    public async Task One_that_is_set_at_one_node_alone_stands_there_above_that_of_all_until_it_expires()
    {
        await _one.Overrides.SaveAsync(Override("site/fra"));
        await _one.Overrides.SaveAsync(Override("site/sin"));
        _one.Shared.Cut();
        var local = Override("site/fra", "bob") with { IsLocal = true, Expires = Start.AddHours(1) };
        Assert.Null(await _one.Overrides.SaveAsync(local));

        Assert.Equal([("site/sin", "ann"), ("site/fra", "bob")],
            _one.Overrides.At(_one.Shared.Current).Select(o => (o.Target.Text, o.Author)));
        Assert.Equal([local], _one.Overrides.Local);
        Assert.All(_other.Overrides.At(_other.Shared.Current), o => Assert.Equal("ann", o.Author));
        _one.Shared.Heal();
        _one.Overrides.Copy();
        Assert.Contains(local, _one.Copy.Read());

        _one.Overrides.DeleteExpired(Start.AddHours(1));
        Assert.Empty(_one.Overrides.Local);
        Assert.All(_one.Overrides.At(_one.Shared.Current), o => Assert.Equal("ann", o.Author));
    }

    [Fact]
    public async Task Clearing_one_that_is_set_at_one_node_alone_leaves_that_of_all()
    {
        await _one.Overrides.SaveAsync(Override("site/fra"));
        _one.Shared.Cut();
        await _one.Overrides.SaveAsync(Override("site/fra", "bob") with { IsLocal = true });

        Assert.Null(await _one.Overrides.DeleteAsync(Override("site/fra").Target));

        Assert.Equal(["ann"], _one.Overrides.At(_one.Shared.Current).Select(o => o.Author));
    }

    [Theory]
    [InlineData("overrides/nonsense", "{}")]
    [InlineData("overrides/site/fra", "{}")]
    [InlineData("overrides/site/fra", "null")]
    [InlineData("overrides/site/fra", "{")]
    [InlineData("overrides/site/fra", """{"state":77,"author":"a","reason":"b","created":"2026-01-01T00:00:00Z"}""")]
    public async Task What_cannot_be_read_is_left_out(string key, string value)
    {
        await _one.Shared.CommitAsync(new SharedTransaction([new SharedWrite(key, value)]), default);
        await _one.Overrides.SaveAsync(Override("site/sin"));

        Assert.Equal(["site/sin"], _other.Overrides.Read().Select(o => o.Target.Text));
    }

    private static Override Override(string target, string author = "ann")
    {
        Assert.True(OverrideTarget.TryParse(target, out var parsed, out _));
        return new Override(parsed, OverrideState.Drain, author, "works", Start, null);
    }

    private (MemoryStore, SharedOverrideStore, MemoryCopy) Connect()
    {
        var (store, copy) = (_cluster.Connect(), new MemoryCopy());
        store.Start(_ => { }, () => { });
        return (store, new SharedOverrideStore(store, copy), copy);
    }

    private sealed class MemoryCopy : IOverrideStore
    {
        private ImmutableArray<Override> _overrides = [];

        public ImmutableArray<Override> Read() => _overrides;

        public Task<string?> SaveAsync(Override value)
        {
            _overrides = _overrides.RemoveAll(o => o.Target == value.Target).Add(value);
            return Task.FromResult<string?>(null);
        }

        public Task<string?> DeleteAsync(OverrideTarget target)
        {
            _overrides = _overrides.RemoveAll(o => o.Target == target);
            return Task.FromResult<string?>(null);
        }

        public void DeleteExpired(DateTimeOffset now) => _overrides = _overrides.RemoveAll(o => !o.IsActive(now));
    }
}
