using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Steering.Plans;

namespace Meridian.Tests.Running.Control;

public sealed class ControlLoopTests
{
    private static Change Nothing => new("nothing", inputs => inputs);

    [Fact]
    public async Task A_changed_verdict_is_a_new_table()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start();

        world.Turn("a", "10.0.0.1", VerdictState.Down);
        await world.SettleAsync();

        Assert.Equal(PoolState.Down, world.StateOf("a", 0));
        Assert.Same(world.Loop.State.Table, world.Loop.State.Handle.Current);
    }

    [Fact]
    public async Task The_death_of_a_site_is_one_new_table_and_not_a_hundred()
    {
        string[] addresses = [.. Enumerable.Range(1, 100).Select(i => $"10.0.1.{i}")];
        await using var world = new World(World.Endpoint("a", addresses[..50]), World.Endpoint("b", addresses[50..]))
            .Start();
        using var gate = world.HoldLoop();
        world.Commits.Clear();

        foreach (var address in addresses)
            world.Turn("a", address, VerdictState.Down);
        gate.Open();
        await world.SettleAsync();

        Assert.Single(world.Commits);
        Assert.All(world.Commits.Single().Table.Endpoints.SelectMany(e => e.AllPools),
            p => Assert.NotEqual(PoolState.Up, p.State));
    }

    [Fact]
    public async Task A_verdict_that_cannot_be_compiled_is_not_lost_and_holds_up_no_other()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2"),
            World.Endpoint("b", "10.0.0.3", "10.0.0.4")).Start();
        var faulty = true;
        world.Asked = key => _ = faulty && key.Target == "10.0.0.1" ? throw new InvalidOperationException("bug") : 0;

        world.Turn("a", "10.0.0.1", VerdictState.Down);
        world.Turn("b", "10.0.0.3", VerdictState.Down);
        await world.SettleAsync();
        Assert.Equal((PoolState.Up, PoolState.Down), (world.StateOf("a", 0), world.StateOf("b", 0)));

        faulty = false;
        world.Time.Advance(ControlLoop.TickInterval);
        await Wait.SpinUntilAsync(() => world.StateOf("a", 0) == PoolState.Down, () => $"{world.StateOf("a", 0)}");
    }

    [Fact]
    public async Task An_action_that_throws_is_answered_and_the_loop_goes_on()
    {
        await using var world = new World().Start();

        var answer = await world.Loop.PostAsync("bug", () => throw new InvalidOperationException("bug"))
            .WaitAsync(World.Limit);

        Assert.Contains("a fault of the node itself", answer);
        await world.SettleAsync();
    }

    [Fact]
    public async Task A_feature_that_throws_holds_up_no_other()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start(new Broken());

        world.Commits.Clear();
        world.Turn("a", "10.0.0.1", VerdictState.Down);
        await world.SettleAsync();
        world.Time.Advance(ControlLoop.TickInterval);
        await world.SettleAsync();

        Assert.Single(world.Commits);
    }

    [Fact]
    public async Task Whoever_waits_is_answered_when_the_loop_stops()
    {
        var world = new World().Start();
        using var gate = world.HoldLoop();
        var change = world.Loop.SubmitAsync(Nothing);
        var action = world.Loop.PostAsync("action", () => { });

        var stopping = world.DisposeAsync();
        gate.Open();
        await stopping;
        await Task.WhenAll(change, action).WaitAsync(World.Limit);

        // One after the other: each is answered by itself.
        Assert.Contains("stopping", (await world.Loop.SubmitAsync(Nothing).WaitAsync(World.Limit))!.Reason);
        Assert.Contains("stopping", await world.Loop.PostAsync("late", () => { }).WaitAsync(World.Limit));
    }

    [Fact]
    public async Task A_loop_that_stands_still_is_seen()
    {
        await using var world = new World().Start();
        using var gate = world.HoldLoop();
        Assert.False(world.Loop.IsStalled);

        world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(world.Loop.IsStalled);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(world.Loop.IsStalled);
        gate.Open();
        await world.SettleAsync();
        Assert.False(world.Loop.IsStalled);
    }

    [Fact]
    public async Task A_loop_that_has_ended_is_stalled_and_one_that_has_not_begun_is_not()
    {
        var world = new World();
        Assert.False(world.Loop.IsStalled);
        world.Start();
        Assert.False(world.Loop.IsStalled);

        await world.DisposeAsync();

        Assert.True(world.Loop.IsStalled);
    }

    [Fact]
    public async Task What_came_before_the_start_is_done_after_it()
    {
        await using var world = new World();
        var action = world.Loop.PostAsync("early", () => { });
        var change = world.Loop.SubmitAsync(Nothing);

        world.Start();

        Assert.Null(await action.WaitAsync(World.Limit));
        Assert.Null(await change.WaitAsync(World.Limit));
    }

    [Fact]
    public async Task A_change_that_is_prepared_when_the_loop_stops_is_awaited_and_answered_and_so_is_the_next()
    {
        var world = new World().Start();
        using var gate = world.HoldPreparations();
        var preparing = world.Loop.SubmitAsync(Nothing);
        gate.WaitUntilReached();
        var waiting = world.Loop.SubmitAsync(Nothing);
        await world.SettleAsync();

        var stopping = world.DisposeAsync();
        await Wait.SpinUntilAsync(() => world.Loop.IsStalled, () => "the loop runs on");
        gate.Open();
        await stopping;

        Assert.True(gate.IsPassed);
        Assert.Contains("stopping", (await preparing.WaitAsync(World.Limit))!.Reason);
        Assert.Contains("stopping", (await waiting.WaitAsync(World.Limit))!.Reason);
    }

    private sealed class Broken : IFeature
    {
        public string Name => "broken";

        public void Tick(DateTimeOffset now) => throw new InvalidOperationException("bug");

        public void Commit(NodeState before, NodeState now) => throw new InvalidOperationException("bug");
    }
}
