using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>Endpoints whose gateway forwards to pools of its own, which no DNS answer names.</summary>
public sealed class BehindGatewayTests
{
    private const string Pools =
        "front: loadSignal: l, addresses: [{value: 10.0.0.1}]\n" +
        "a: loadSignal: l, addresses: [{value: 10.0.0.2, capacity: 10}]\n" +
        "b: loadSignal: l, addresses: [{value: 10.0.0.3, capacity: 10}]";
    private const string Gateway = "pools: [{pool: front}]\ngateway: {pools: [{pool: a}, {pool: b}]}";

    [Fact]
    public void The_pools_behind_a_gateway_follow_their_own_verdicts()
    {
        var world = new World("policy: Failover\n" + Gateway, Pools);
        Assert.Equal(["front", "a", "b"], world.Plan.AllPools.Select(p => p.Shape.Pool.Name));
        Assert.Same(world.Plan.Behind, world.Plan.Forwards);

        world.Set(VerdictState.Down, "10.0.0.2");

        Assert.Equal([PoolState.Up], world.Plan.Pools.Select(p => p.State));
        Assert.Equal([PoolState.Down, PoolState.Up], world.Plan.Behind!.Pools.Select(p => p.State));
        Assert.Equal(["10.0.0.1"], world.Answer());
    }

    [Fact]
    public void A_gateway_forwards_to_the_endpoints_own_pools_where_it_has_none_and_nobody_does_without_a_gateway()
    {
        var own = new World("policy: Failover\npools: [{pool: front}]\ngateway: {}", Pools);
        Assert.Same(own.Plan, own.Plan.Forwards);
        Assert.Null(new World("policy: Failover\npools: [{pool: front}]", Pools).Plan.Forwards);
    }

    [Fact]
    public void A_verdict_that_says_nothing_new_leaves_the_plan_as_it_is()
    {
        var world = new World("policy: Failover\n" + Gateway, Pools);
        var before = world.Plan;

        Assert.Same(before, world.Set(["10.0.0.1", "10.0.0.2"], v => v).Plan);
    }

    [Fact]
    public void The_weights_of_the_pools_behind_a_gateway_follow_their_load()
    {
        var world = new World("policy: LeastLoad\n" + Gateway, Pools);
        Assert.Equal(world.Plan.Behind!.Pools[1].Weight, world.Plan.Behind.Pools[0].Weight);

        world.Load("10.0.0.2", running: 9).Load("10.0.0.3", running: 1).Weigh(20);

        Assert.True(world.Plan.Behind.Pools[0].Weight < world.Plan.Behind.Pools[1].Weight);
    }

    [Fact]
    public void Weights_of_the_resource_do_not_follow_load()
    {
        var world = new World("policy: Weighted\n" + Gateway, Pools);
        var before = world.Plan;

        world.Load("10.0.0.2", running: 9).Weigh(20);

        Assert.Same(before, world.Plan);
        Assert.Equal([1, 1], world.Plan.Behind!.Pools.Select(p => p.Weight));
    }
}
