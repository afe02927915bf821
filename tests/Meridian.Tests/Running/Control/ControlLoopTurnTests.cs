using System.Collections.Immutable;
using Meridian.Health;
using Meridian.Health.Overrides;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Steering.Plans;

namespace Meridian.Tests.Running.Control;

/// <summary>What wakes the loop, in which order it acts, and what it does only once.</summary>
public sealed class ControlLoopTurnTests
{
    [Fact]
    public async Task A_verdict_wakes_the_loop_by_itself()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start();

        world.Turn("a", "10.0.0.1", VerdictState.Down);

        await UntilAsync(world, PoolState.Down);
    }

    [Fact]
    public async Task A_verdict_goes_before_what_was_posted_before_it()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start();
        using var gate = world.HoldLoop();
        PoolState? seen = null;
        world.Loop.Post("look", () => seen = world.StateOf("a", 0));
        world.Turn("a", "10.0.0.1", VerdictState.Down);
        gate.Open();

        await world.SettleAsync();

        Assert.Equal(PoolState.Down, seen);
    }

    [Fact]
    public async Task Evidence_is_judged_each_time_that_it_is_reported()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start();
        Assert.True(OverrideTarget.TryParse("pool/a-0", out var target, out _));
        var down = new Override(target, OverrideState.Down, "me", "test", world.Time.GetUtcNow(), null);

        await EvidenceAsync(OverrideBook.Empty.With(down), PoolState.Up, PoolState.Down);
        await EvidenceAsync(OverrideBook.Empty, PoolState.Down, PoolState.Up);

        async Task EvidenceAsync(OverrideBook overrides, PoolState before, PoolState after)
        {
            Assert.Null(await world.Loop.PostAsync("override",
                () => world.Loop.Update(state => state with { Overrides = overrides })).WaitAsync(World.Limit));
            Assert.Equal(before, world.StateOf("a", 0));
            world.Loop.ReportEvidence();
            await UntilAsync(world, after);
        }
    }

    [Fact]
    public async Task Evidence_of_an_update_is_judged_before_the_call_ends_or_in_the_next_turn_where_that_fails()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start();
        Assert.True(OverrideTarget.TryParse("pool/a-0", out var target, out _));
        var down = new Override(target, OverrideState.Down, "me", "test", world.Time.GetUtcNow(), null);

        Assert.Equal(PoolState.Down, await UpdateAsync(OverrideBook.Empty.With(down)));

        world.Asked = _ => throw new InvalidOperationException("bug");
        Assert.Equal(PoolState.Down, await UpdateAsync(OverrideBook.Empty));
        world.Asked = _ => { };
        await world.SettleAsync();
        await world.SettleAsync(); // a turn later
        Assert.Equal(PoolState.Up, world.StateOf("a", 0));

        async Task<PoolState?> UpdateAsync(OverrideBook overrides)
        {
            PoolState? seen = null;
            Assert.Null(await world.Loop.PostAsync("override", () =>
            {
                world.Loop.Update(state => state with { Overrides = overrides }, evidence: true);
                seen = world.StateOf("a", 0);
            }).WaitAsync(World.Limit));
            return seen;
        }
    }

    [Fact]
    public async Task Evidence_that_changes_nothing_is_no_new_state()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        world.Commits.Clear();

        world.Loop.ReportEvidence();
        await world.SettleAsync();
        await world.SettleAsync(); // a turn later

        Assert.Empty(world.Commits);
    }

    [Fact]
    public async Task Changed_verdicts_are_observed_once_the_table_shows_them_and_nothing_else_is()
    {
        var watcher = new Watcher();
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start(watcher);
        watcher.Look = () => world.StateOf("a", 0);
        await world.SettleAsync();

        world.Turn("a", "10.0.0.1", VerdictState.Down);
        await world.SettleAsync();
        await world.SettleAsync();

        var (targets, seen) = Assert.Single(watcher.Observed);
        Assert.Equal(["10.0.0.1"], targets);
        Assert.Equal(PoolState.Down, seen);
    }

    [Fact]
    public async Task Features_look_at_the_time_once_a_second_and_no_oftener()
    {
        var watcher = new Watcher();
        await using var world = new World().Start(watcher);
        await world.SettleAsync();
        Assert.Empty(watcher.Ticks);

        for (var second = 1; second <= 2; second++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await Wait.SpinUntilAsync(() => watcher.Ticks.Count >= second, () => $"{watcher.Ticks.Count} ticks");
            await world.SettleAsync();
            await world.SettleAsync();
            Assert.Equal(second, watcher.Ticks.Count);
        }

        Assert.Equal(world.Time.GetUtcNow(), watcher.Ticks[^1]);
    }

    [Fact]
    public async Task What_the_table_shows_is_not_judged_again()
    {
        var watcher = new Watcher();
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start(watcher);
        var (asked, faulty) = (0, false);
        world.Asked = _ => asked = faulty ? throw new InvalidOperationException("bug") : asked + 1;

        world.Turn("a", "10.0.0.1", VerdictState.Down);
        await world.SettleAsync();
        Assert.Equal(0, await AskedInATickAsync());

        faulty = true;
        world.Turn("a", "10.0.0.2", VerdictState.Down);
        await world.SettleAsync();
        faulty = false;
        Assert.NotEqual(0, await AskedInATickAsync());
        Assert.Equal(0, await AskedInATickAsync());

        async Task<int> AskedInATickAsync()
        {
            var (before, ticks) = (asked, watcher.Ticks.Count);
            world.Time.Advance(ControlLoop.TickInterval);
            await Wait.SpinUntilAsync(() => watcher.Ticks.Count > ticks, () => "no tick");
            await world.SettleAsync();
            return asked - before;
        }
    }

    private static Task UntilAsync(World world, PoolState state) => Wait.SpinUntilAsync(
        () => world.StateOf("a", 0) == state, () => $"{world.StateOf("a", 0)}");

    private sealed class Watcher : IVerdictObserver
    {
        public string Name => "watcher";

        public Func<PoolState> Look { get; set; } = () => PoolState.Up;

        public List<(string[] Targets, PoolState Seen)> Observed { get; } = [];

        public List<DateTimeOffset> Ticks { get; } = [];

        public void Tick(DateTimeOffset now) => Ticks.Add(now);

        public void Observe(ImmutableArray<VerdictChange> changes, NodeState now) =>
            Observed.Add(([.. changes.Select(c => c.Key.Target)], Look()));
    }
}
