using Meridian.Running;
using Meridian.Running.Control;

namespace Meridian.Tests.Running.Control;

/// <summary>How the loop starts, waits, stalls and ends.</summary>
public sealed class ControlLoopLifeTests
{
    private static Change Nothing => new("nothing", inputs => inputs);

    [Fact]
    public async Task A_change_that_is_prepared_for_more_than_five_minutes_is_seen()
    {
        await using var world = new World().Start();
        using var gate = world.HoldPreparations();
        Assert.False(world.Loop.IsPreparationStalled);

        var change = world.Loop.SubmitAsync(Nothing);
        gate.WaitUntilReached();
        Assert.False(world.Loop.IsPreparationStalled);
        world.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(world.Loop.IsPreparationStalled);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(world.Loop.IsPreparationStalled);

        gate.Open();
        Assert.Null(await change.WaitAsync(World.Limit));
        Assert.False(world.Loop.IsPreparationStalled);
    }

    [Fact]
    public async Task A_first_state_that_cannot_be_prepared_is_a_reason_not_to_start()
    {
        await using var world = new World();
        world.Prepare = (_, _, _) => throw new InvalidOperationException("bug");

        Assert.Contains("bug", Assert.Throws<StartException>(() => world.Start()).Message);
    }

    [Fact]
    public async Task A_start_that_takes_long_is_no_stall_once_it_is_over()
    {
        await using var world = new World();
        var prepare = world.Prepare;
        world.Prepare = (state, inputs, zones) =>
        {
            world.Time.Advance(ControlLoop.StallLimit * 2);
            return prepare(state, inputs, zones);
        };

        world.Start();

        Assert.False(world.Loop.IsStalled);
    }

    [Fact]
    public async Task A_loop_that_has_nothing_to_do_does_not_turn()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var turns = 0; // evidence that cannot be judged is tried again in each turn
        world.Asked = _ => throw new InvalidOperationException($"turn {Interlocked.Increment(ref turns)}");
        world.Loop.ReportEvidence();
        await world.SettleAsync();
        await world.SettleAsync();
        var before = Volatile.Read(ref turns);

        // Time enough for thousands of turns.
        await using var other = new World(World.Endpoint("b", "10.0.0.2")).Start();
        await other.SettleAsync();

        Assert.InRange(Volatile.Read(ref turns), before, before + 1); // the bell may have rung once more
    }

    [Fact]
    public async Task Stopping_waits_for_the_turn_that_is_under_way()
    {
        var world = new World().Start();
        using var gate = world.HoldLoop();

        var stopping = world.Loop.DisposeAsync().AsTask();
        var again = world.Loop.DisposeAsync().AsTask(); // the stop has been asked for: it waits for the loop alone
        Assert.False(again.IsCompleted);

        gate.Open();
        await Task.WhenAll(stopping, again).WaitAsync(World.Limit);
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Stopping_waits_for_the_change_that_is_prepared()
    {
        var world = new World().Start();
        using var gate = world.HoldPreparations();
        var change = world.Loop.SubmitAsync(Nothing);
        gate.WaitUntilReached();

        var stopping = world.Loop.DisposeAsync().AsTask();
        await Wait.SpinUntilAsync(() => world.Loop.IsStalled, () => "the loop runs on");
        var again = world.Loop.DisposeAsync().AsTask(); // the loop has ended: it waits for the change alone
        Assert.False(again.IsCompleted);

        gate.Open();
        await Task.WhenAll(stopping, again).WaitAsync(World.Limit);
        Assert.Contains("stopping", (await change.WaitAsync(World.Limit))!.Reason);
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Stopping_waits_no_longer_than_five_seconds_for_a_turn_that_hangs()
    {
        await using var world = new World().Start();
        using var gate = world.HoldLoop();
        var action = world.Loop.PostAsync("action", () => { });

        await StopAsync(world);

        Assert.Contains("stopping", await action.WaitAsync(World.Limit));
        gate.Open();
    }

    [Fact]
    public async Task Stopping_waits_no_longer_than_five_seconds_for_a_change_whose_file_hangs()
    {
        await using var world = new World().Start();
        using var gate = world.HoldPreparations();
        var change = world.Loop.SubmitAsync(Nothing);
        gate.WaitUntilReached();

        await StopAsync(world);

        Assert.Contains("stopping", (await change.WaitAsync(World.Limit))!.Reason);
        gate.Open();
    }

    [Fact]
    public async Task What_waits_for_a_loop_that_never_starts_is_answered_when_it_is_stopped()
    {
        var world = new World();
        var action = world.Loop.PostAsync("early", () => { });
        var change = world.Loop.SubmitAsync(Nothing);

        await world.DisposeAsync();

        Assert.Contains("stopping", await action.WaitAsync(World.Limit));
        Assert.Contains("stopping", (await change.WaitAsync(World.Limit))!.Reason);
    }

    // Moves the clock until the loop has stopped, which takes five seconds at least.
    private static async Task StopAsync(World world)
    {
        var start = world.Time.GetUtcNow();
        var stopping = world.Loop.DisposeAsync().AsTask();
        await Wait.PassUntilAsync(() => world.Time.Advance(TimeSpan.FromMilliseconds(500)), () => stopping.IsCompleted,
            () => "it waits on");
        Assert.True(world.Time.GetUtcNow() - start >= TimeSpan.FromSeconds(5));
    }
}
