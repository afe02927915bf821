using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>Scenario 42: the guard, which limits what automation may remove.</summary>
public sealed class GuardTests
{
    private const string Pools = "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.2}]";
    private const string Guarded = "policy: Failover\npools: [{pool: p}, {pool: s}]\nguard: {maxRemoved: 1}\n";

    [Fact]
    public void The_guard_lets_automation_remove_no_more_than_its_share_and_says_so()
    {
        var pools = string.Join('\n', Enumerable.Range(1, 5).Select(i => $"p{i}: addresses: [{{value: 10.0.0.{i}}}]"));
        var members = string.Join(", ", Enumerable.Range(1, 5).Select(i => $"{{pool: p{i}}}"));
        var world = new World($"policy: RoundRobin\npools: [{members}]\nguard: {{maxRemoved: 40%}}", pools);

        for (var i = 1; i <= 4; i++)
            world.Wait(2).Set(VerdictState.Down, $"10.0.0.{i}");

        Assert.Equal([PoolState.Down, PoolState.Down, PoolState.Guarded, PoolState.Guarded, PoolState.Up],
            world.Plan.Pools.Select(p => p.State));
        Assert.Equal(["10.0.0.3", "10.0.0.4", "10.0.0.5"], world.Shares(500).Keys.Order());
        Assert.Contains("guard", world.Plan.TtlReason(world.Now));
    }

    [Fact]
    public void The_guard_does_not_hinder_a_person()
    {
        var world = new World(Guarded, Pools);

        world.Say(OverrideState.Down, "p").Set(VerdictState.Down, "10.0.0.2");

        Assert.False(world.Plan.Pools[0].Serves);
        Assert.Equal(PoolState.Down, world.Plan.Pools[1].State);
    }

    [Fact]
    public void The_guard_holds_the_first_of_those_that_went_down_together()
    {
        var world = new World(Guarded, Pools);

        world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2");

        Assert.Equal([PoolState.Guarded, PoolState.Down], world.Plan.Pools.Select(p => p.State));
        Assert.Equal(["10.0.0.1"], world.Answer());
    }

    [Fact]
    public void A_pool_that_the_guard_holds_answers_without_what_a_person_took_out()
    {
        var world = new World("policy: Failover\npools: [{pool: p}]\nguard: {maxRemoved: 1}\nwhenAllDown: NoData",
            "p: addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]");
        var held = new World("policy: Failover\npools: [{pool: p}, {pool: s}]\nguard: {maxRemoved: 1}",
            "p: addresses: [{value: 10.0.0.1}, {value: 10.0.0.3}]\ns: addresses: [{value: 10.0.0.2}]");

        Assert.Empty(world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2").Answer());
        held.Set(VerdictState.Down, "10.0.0.2").Say(OverrideState.Down, "10.0.0.3").Set(VerdictState.Down, "10.0.0.1");
        Assert.Equal(PoolState.Guarded, held.Plan.Pools[0].State);
        Assert.Equal(["10.0.0.1"], held.Answer());
    }

    [Fact]
    public void Without_a_guard_all_pools_may_go() =>
        Assert.All(new World("policy: Failover\npools: [{pool: p}, {pool: s}]", Pools)
            .Set(VerdictState.Down, "10.0.0.1", "10.0.0.2").Plan.Pools, p => Assert.Equal(PoolState.Down, p.State));

    [Fact]
    public void A_pool_that_the_guard_held_does_not_ramp()
    {
        var world = new World(Guarded + "recovery: {ramp: 100s}", Pools);

        world.Set(VerdictState.Down, "10.0.0.2").Wait(1).Set(VerdictState.Down, "10.0.0.1");
        Assert.Equal(PoolState.Guarded, world.Plan.Pools[0].State);
        world.Wait(1).Set(VerdictState.Up, "10.0.0.1");

        Assert.Equal(PoolState.Up, world.Plan.Pools[0].State);
        Assert.Null(world.Plan.Pools[0].RecoveredAt);
    }

    [Fact]
    public void A_pool_that_the_guard_takes_back_does_not_ramp()
    {
        var world = new World(Guarded + "recovery: {ramp: 100s}", Pools);
        world.Set(VerdictState.Down, "10.0.0.2").Say(OverrideState.Down, "s");
        world.Wait(1).Set(VerdictState.Down, "10.0.0.1");
        Assert.Equal(PoolState.Down, world.Plan.Pools[0].State);

        // The other one counts again, and has been down for longer.
        world.Wait(1).Say(null, "s");

        Assert.Equal([PoolState.Guarded, PoolState.Down], world.Plan.Pools.Select(p => p.State));
        Assert.Null(world.Plan.Pools[0].RecoveredAt);
    }

    [Fact]
    public void The_guard_lets_go_of_a_pool_once_another_is_back()
    {
        var world = new World(Guarded, Pools);
        world.Set(VerdictState.Down, "10.0.0.2").Wait(1).Set(VerdictState.Down, "10.0.0.1");
        Assert.Equal([PoolState.Guarded, PoolState.Down], world.Plan.Pools.Select(p => p.State));

        world.Set(VerdictState.Up, "10.0.0.2");

        Assert.Equal([PoolState.Down, PoolState.Up], world.Plan.Pools.Select(p => p.State));
    }
}
