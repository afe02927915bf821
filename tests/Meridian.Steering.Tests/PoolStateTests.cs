using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>Whether a pool serves, by the states of its two addresses.</summary>
public sealed class PoolStateTests
{
    [Theory]
    [InlineData(VerdictState.Up, VerdictState.Up, 2, PoolState.Up)]
    [InlineData(VerdictState.Up, VerdictState.Down, 1, PoolState.Up)]
    [InlineData(VerdictState.Up, VerdictState.Down, 2, PoolState.Down)]
    [InlineData(VerdictState.Up, VerdictState.Draining, 1, PoolState.Up)]
    [InlineData(VerdictState.Up, VerdictState.Draining, 2, PoolState.Draining)]
    [InlineData(VerdictState.Up, VerdictState.Unknown, 2, PoolState.Unknown)]
    [InlineData(VerdictState.Draining, VerdictState.Draining, 1, PoolState.Draining)]
    [InlineData(VerdictState.Draining, VerdictState.Down, 1, PoolState.Down)]
    [InlineData(VerdictState.Draining, VerdictState.Unknown, 1, PoolState.Unknown)]
    [InlineData(VerdictState.Down, VerdictState.Unknown, 1, PoolState.Unknown)]
    [InlineData(VerdictState.Down, VerdictState.Down, 1, PoolState.Down)]
    public void A_pool_is_judged_by_all_of_its_addresses(VerdictState one, VerdictState other, int minHealthy,
        PoolState state)
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]",
            $"p: minHealthy: {minHealthy}, addresses: [{{value: 10.0.0.1}}, {{value: 10.0.0.2}}, {{value: 10.0.0.4, " +
            $"enabled: false}}]\ns: addresses: [{{value: 10.0.0.3}}]");

        world.Set(["10.0.0.1"], v => v with { State = one }).Set(["10.0.0.2"], v => v with { State = other });

        Assert.Equal(state, world.Plan.Pools[0].State);
        Assert.Equal(state == PoolState.Up, world.Plan.Pools[0].Serves);
    }

    [Fact]
    public void It_remembers_since_when_it_is_so()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]",
            "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.3}]");

        var down = world.Wait(7).Set(VerdictState.Down, "10.0.0.1").Now;
        world.Wait(7).Set(["10.0.0.1"], v => v with { Reason = "another" });

        Assert.Equal(down, world.Plan.Pools[0].Since);
        Assert.Equal(world.Now, world.Set(VerdictState.Up, "10.0.0.1").Plan.Pools[0].Since);
    }

    [Fact]
    public void Evidence_above_its_probe_is_the_verdict_of_an_address()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]",
            "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.3}]");

        world.Prove("10.0.0.1", VerdictState.Down);

        Assert.Equal([PoolState.Down, PoolState.Up], world.Plan.Pools.Select(p => p.State));
        Assert.Equal(PoolState.Up, world.Prove("10.0.0.1", VerdictState.Up).Plan.Pools[0].State);
    }
}
