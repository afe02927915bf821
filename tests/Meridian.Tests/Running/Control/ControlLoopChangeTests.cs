using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Steering.Plans;

namespace Meridian.Tests.Running.Control;

/// <summary>What becomes of a change: prepared, refused, stored and committed.</summary>
public sealed class ControlLoopChangeTests
{
    [Fact]
    public async Task A_change_that_is_refused_leaves_everything_as_it_was()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var before = world.Loop.State;

        var answer = await world.Loop.SubmitAsync(new Change("c", inputs => inputs with { Lapsed = ["x"] })
        {
            Refuse = _ => "not this",
            Store = _ => throw new InvalidOperationException("what is refused is not stored"),
        }).WaitAsync(World.Limit);

        Assert.Equal(new ChangeRefusal("not this"), answer);
        Assert.Same(before, world.Loop.State);
    }

    [Fact]
    public async Task A_change_is_answered_only_when_every_feature_has_acted_on_it()
    {
        var slow = new SlowFeature();
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start(slow);

        var answer = world.Loop.SubmitAsync(new Change("c", inputs => inputs with { Lapsed = ["x"] }));
        await Wait.UntilAsync(() => world.Loop.State.Inputs.Lapsed.Contains("x"), () => "it is not committed");
        await world.SettleAsync();
        Assert.False(answer.IsCompleted);

        slow.Acted.SetResult();
        Assert.Null(await answer.WaitAsync(World.Limit));
    }

    [Fact]
    public async Task A_refused_change_takes_no_other_of_its_batch_with_it()
    {
        await using var world = new World().Start();
        using var gate = new ManualResetEventSlim();
        var compilations = 0;
        var prepare = world.Prepare;
        world.Prepare = (state, inputs, zones) =>
        {
            Interlocked.Increment(ref compilations);
            return prepare(state, inputs, zones);
        };
        world.Loop.Post("gate", () => gate.Wait(World.Limit));

        var good = world.Loop.SubmitAsync(Lapse("good"));
        var bad = world.Loop.SubmitAsync(Lapse("bad") with { Refuse = _ => "bad" });
        var better = world.Loop.SubmitAsync(Lapse("better"));
        gate.Set();

        Assert.Null(await good.WaitAsync(World.Limit));
        Assert.Equal(new ChangeRefusal("bad"), await bad.WaitAsync(World.Limit));
        Assert.Null(await better.WaitAsync(World.Limit));
        Assert.Equal(["better", "good"], world.Loop.State.Inputs.Lapsed.Order());
        Assert.Equal(4, compilations); // together, then each by itself
    }

    [Fact]
    public async Task Changes_that_wait_together_are_compiled_once()
    {
        await using var world = new World().Start();
        using var gate = new ManualResetEventSlim();
        var compilations = 0;
        var prepare = world.Prepare;
        world.Prepare = (state, inputs, zones) =>
        {
            Interlocked.Increment(ref compilations);
            return prepare(state, inputs, zones);
        };
        world.Loop.Post("gate", () => gate.Wait(World.Limit));

        var changes = Enumerable.Range(0, 50).Select(i => world.Loop.SubmitAsync(Lapse($"{i}"))).ToArray();
        gate.Set();

        Assert.All(await Task.WhenAll(changes).WaitAsync(World.Limit), Assert.Null);
        Assert.Equal((50, 1), (world.Loop.State.Inputs.Lapsed.Count, compilations));
    }

    [Fact]
    public async Task A_change_that_cannot_be_stored_is_refused_and_not_served()
    {
        await using var world = new World().Start();

        var change = Lapse("x") with { Store = _ => Task.FromResult<string?>("disk full") };
        var answer = await world.Loop.SubmitAsync(change).WaitAsync(World.Limit);

        Assert.Equal(new ChangeRefusal("disk full", IsNotStored: true), answer);
        Assert.Empty(world.Loop.State.Inputs.Lapsed);
    }

    [Fact]
    public async Task What_was_stored_in_one_batch_with_a_change_that_could_not_be_is_stored_again_without_it()
    {
        await using var world = new World().Start();
        using var gate = new ManualResetEventSlim();
        world.Loop.Post("gate", () => gate.Wait(World.Limit));
        string[] disk = [];

        var good = world.Loop.SubmitAsync(Lapse("good") with
        {
            Store = inputs =>
            {
                disk = [.. inputs.Lapsed];
                return Task.FromResult<string?>(null);
            },
        });
        var bad = world.Loop.SubmitAsync(Lapse("bad") with { Store = _ => Task.FromResult<string?>("disk full") });
        gate.Set();

        Assert.Null(await good.WaitAsync(World.Limit));
        Assert.Equal(new ChangeRefusal("disk full", IsNotStored: true), await bad.WaitAsync(World.Limit));
        Assert.Equal(["good"], world.Loop.State.Inputs.Lapsed);
        Assert.Equal(["good"], disk);
    }

    [Fact]
    public async Task A_change_whose_probes_cannot_be_followed_is_in_force_and_answered()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var changed = world.Read(World.Endpoint("b", "10.0.0.2"));
        world.Following = () => throw new InvalidOperationException("bug");

        var answer = await world.Loop.SubmitAsync(new Change("b", inputs => inputs with { Configuration = changed }))
            .WaitAsync(World.Limit);

        Assert.Null(answer);
        Assert.NotNull(world.Loop.State.Table.Find("b.example.org"));
    }

    [Fact]
    public async Task What_is_served_is_stored_before()
    {
        await using var world = new World().Start();
        var seen = -1;

        await world.Loop.SubmitAsync(Lapse("x") with
        {
            Store = inputs =>
            {
                seen = world.Loop.State.Inputs.Lapsed.Count;
                Assert.Contains("x", inputs.Lapsed);
                return Task.FromResult<string?>(null);
            },
        }).WaitAsync(World.Limit);

        Assert.Equal((0, 1), (seen, world.Loop.State.Inputs.Lapsed.Count));
    }

    [Fact]
    public async Task A_store_that_is_slow_holds_up_a_change_and_verdicts_not_at_all()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var asked = new TaskCompletionSource();
        var stored = new TaskCompletionSource<string?>();
        var change = world.Loop.SubmitAsync(Lapse("x") with
        {
            Store = _ =>
            {
                asked.SetResult();
                return stored.Task;
            },
        });
        await asked.Task.WaitAsync(World.Limit);

        world.Turn("a", "10.0.0.1", VerdictState.Down);
        await world.SettleAsync();
        Assert.NotEqual(PoolState.Up, world.StateOf("a", 0));
        Assert.False(change.IsCompleted);
        stored.SetResult("it is not stored");

        Assert.Equal("it is not stored", (await change.WaitAsync(World.Limit))!.Reason);
        Assert.Empty(world.Loop.State.Inputs.Lapsed);
    }

    [Fact]
    public async Task A_compiler_that_throws_costs_that_change_alone()
    {
        await using var world = new World().Start();
        var prepare = world.Prepare;
        world.Prepare = (state, inputs, zones) =>
            inputs.Lapsed.Contains("bug") ? throw new InvalidOperationException("bug") : prepare(state, inputs, zones);

        Assert.Contains("a fault of the node itself",
            (await world.Loop.SubmitAsync(Lapse("bug")).WaitAsync(World.Limit))!.Reason);
        Assert.Null(await world.Loop.SubmitAsync(Lapse("x")).WaitAsync(World.Limit));
        Assert.Equal(["x"], world.Loop.State.Inputs.Lapsed);
    }

    [Fact]
    public async Task A_change_that_fails_only_when_it_is_committed_is_answered_and_takes_no_other_with_it()
    {
        await using var world = new World().Start();
        using var gate = new ManualResetEventSlim();
        world.Loop.Post("gate", () => gate.Wait(World.Limit));
        var good = world.Loop.SubmitAsync(Lapse("good"));

        // It is applied once to be prepared, and again to be committed.
        var applied = 0;
        var bad = world.Loop.SubmitAsync(new Change("bad", inputs => Interlocked.Increment(ref applied) % 2 == 0
            ? throw new InvalidOperationException("bug") : inputs with { Lapsed = inputs.Lapsed.Add("bad") }));
        gate.Set();

        Assert.Contains("a fault of the node itself", (await bad.WaitAsync(World.Limit))!.Reason);
        Assert.Null(await good.WaitAsync(World.Limit));
        Assert.Equal(["good"], world.Loop.State.Inputs.Lapsed);
    }

    [Fact]
    public async Task A_change_in_force_is_announced_before_it_is_answered()
    {
        await using var world = new World().Start();
        var before = world.Loop.State;
        (NodeState Before, NodeState Now)? committed = null;
        world.Commits.Clear();

        var change = Lapse("x") with { Committed = (was, now) => committed = (was, now) };
        Assert.Null(await world.Loop.SubmitAsync(change).WaitAsync(World.Limit));

        Assert.Same(world.Loop.State, Assert.Single(world.Commits));
        Assert.Equal((before, world.Loop.State), committed);
    }

    private static Change Lapse(string source) =>
        new(source, inputs => inputs with { Lapsed = inputs.Lapsed.Add(source) });

    private sealed class SlowFeature : IFeature
    {
        public TaskCompletionSource Acted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "slow";

        public Task WhenActed() => Acted.Task;
    }
}
