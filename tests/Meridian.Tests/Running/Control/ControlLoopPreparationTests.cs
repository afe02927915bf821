using Meridian.Health.Overrides;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Steering.Plans;

namespace Meridian.Tests.Running.Control;

/// <summary>What is found out while a change is prepared beside the loop, and what its table shows of it.</summary>
public sealed class ControlLoopPreparationTests
{
    private static Change Nothing => new("nothing", inputs => inputs);

    [Fact]
    public async Task Verdicts_do_not_wait_for_a_change_that_is_being_prepared_and_the_change_does_not_undo_them()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start();
        using var gate = world.HoldPreparations();

        var added = world.Read(World.Endpoint("a", "10.0.0.1", "10.0.0.2"), World.Endpoint("b", "10.0.0.3"));
        var change = world.Loop.SubmitAsync(new Change("b", inputs => inputs with { Configuration = added }));
        gate.WaitUntilReached();
        world.Turn("a", "10.0.0.1", VerdictState.Down);
        await world.SettleAsync();
        Assert.Equal(PoolState.Down, world.StateOf("a", 0));
        gate.Open();

        Assert.Null(await change.WaitAsync(World.Limit));
        Assert.NotNull(world.Loop.State.Table.Find("b.example.org"));
        Assert.Equal(PoolState.Down, world.StateOf("a", 0));
    }

    [Fact]
    public async Task What_nothing_is_compiled_from_is_not_undone_by_a_change_that_was_begun_before()
    {
        await using var world = new World().Start();
        using var gate = world.HoldPreparations();

        var change = world.Loop.SubmitAsync(Nothing);
        gate.WaitUntilReached();
        Assert.Null(await world.Loop.PostAsync("leave",
            () => world.Loop.Update(state => state with { IsLeaving = true })).WaitAsync(World.Limit));
        gate.Open();

        Assert.Null(await change.WaitAsync(World.Limit));
        Assert.True(world.Loop.State.IsLeaving);
    }

    [Fact]
    public async Task An_override_that_was_set_while_a_change_was_prepared_is_in_the_new_table()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start();
        using var gate = world.HoldPreparations();
        Assert.True(OverrideTarget.TryParse("pool/a-0", out var target, out _));
        var down = new Override(target, OverrideState.Down, "me", "test", world.Time.GetUtcNow(), null);

        var change = world.Loop.SubmitAsync(Nothing);
        gate.WaitUntilReached();
        Assert.Null(await world.Loop.PostAsync("override", () => world.Loop.Update(
            state => state with { Overrides = OverrideBook.Empty.With(down) }, evidence: true)).WaitAsync(World.Limit));
        gate.Open();

        Assert.Null(await change.WaitAsync(World.Limit));
        Assert.Equal(PoolState.Down, world.StateOf("a", 0));
    }

    [Fact]
    public async Task A_verdict_that_a_new_table_could_not_be_given_is_in_it_a_tick_later()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1", "10.0.0.2")).Start();
        using var gate = world.HoldPreparations();
        var change = world.Loop.SubmitAsync(Nothing);
        gate.WaitUntilReached();
        world.Turn("a", "10.0.0.1", VerdictState.Down);
        await world.SettleAsync();
        world.Asked = _ => throw new InvalidOperationException("bug");
        gate.Open();
        Assert.Null(await change.WaitAsync(World.Limit));
        Assert.Equal(PoolState.Up, world.StateOf("a", 0));

        world.Asked = _ => { };
        world.Time.Advance(ControlLoop.TickInterval);

        await Wait.SpinUntilAsync(() => world.StateOf("a", 0) == PoolState.Down, () => $"{world.StateOf("a", 0)}");
    }

    [Fact]
    public async Task What_is_found_out_while_new_targets_are_followed_is_in_the_first_table()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var other = world.Read(World.Endpoint("b", "10.0.0.2", "10.0.0.3"));
        world.Following = () => world.Known["10.0.0.2"] = new Verdict(VerdictState.Down, world.Time.GetUtcNow(), "");

        Assert.Null(await world.Loop.SubmitAsync(new Change("b", inputs => inputs with { Configuration = other }))
            .WaitAsync(World.Limit));

        Assert.Equal(PoolState.Down, world.StateOf("b", 0));
        Assert.Same(world.Loop.State.Table, world.Loop.State.Handle.Current);
    }

    [Fact]
    public async Task Targets_of_a_new_configuration_are_followed_and_old_ones_are_not()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        Assert.Equal(["10.0.0.1"], world.Followed.Select(t => t.Key.Target));

        var other = world.Read(World.Endpoint("b", "10.0.0.2"));
        Assert.Null(await world.Loop.SubmitAsync(new Change("b", inputs => inputs with { Configuration = other }))
            .WaitAsync(World.Limit));

        Assert.Equal(["10.0.0.2"], world.Followed.Select(t => t.Key.Target));
    }
}
