using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>Scenarios 29, 32, 41 and 42: TTL, overrides, ramps and the guard.</summary>
public sealed class TimeTests
{
    private const string Pools = "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.2}]";
    private const string Failover = "policy: Failover\nttl: 60s\nminTtl: 5s\npools: [{pool: p}, {pool: s}]\n";

    [Fact]
    public void The_TTL_shrinks_on_suspicion_and_grows_with_calm()
    {
        var world = new World(Failover + "recovery: {ramp: 0s}", Pools);
        Assert.Equal(5, Ttl(world));
        Assert.Equal(30, Ttl(world.Wait(30)));
        Assert.Equal(60, Ttl(world.Wait(100)));

        Assert.Equal(5, Ttl(world.Set(["10.0.0.1"], v => v with { Suspected = true })));
        Assert.Equal(60, Ttl(world.Set(["10.0.0.1"], v => v with { Suspected = false })));
        Assert.Equal(5, Ttl(world.Set(VerdictState.Down, "10.0.0.1")));
        Assert.Equal(42, Ttl(world.Wait(42)));
        Assert.Equal(60, Ttl(world.Wait(1000)));
    }

    [Fact]
    public void A_feed_may_cap_the_TTL()
    {
        var world = new World(Failover, Pools).Wait(1000);

        Assert.Equal(30, Ttl(world.Set(["10.0.0.1"], v => v with { TtlLimit = TimeSpan.FromSeconds(30) })));
        Assert.Equal(1, Ttl(world.Set(["10.0.0.1"], v => v with { TtlLimit = TimeSpan.FromSeconds(1) })));
    }

    [Fact]
    public void A_recovered_pool_grows_from_a_tenth_to_its_whole_share_and_a_failure_starts_again()
    {
        var world = new World(Failover + "recovery: {ramp: 100s}", Pools);
        world.Set(VerdictState.Down, "10.0.0.1").Wait(10).Set(VerdictState.Up, "10.0.0.1");

        Assert.InRange(world.Shares()["10.0.0.1"], 850, 1150);
        Assert.InRange(world.Wait(50).Shares()["10.0.0.1"], 5300, 5700);
        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1");
        Assert.InRange(world.Shares()["10.0.0.1"], 850, 1150);
        Assert.Equal(5, Ttl(world));
        Assert.Equal(10_000, world.Wait(100).Shares()["10.0.0.1"]);
    }

    [Fact]
    public void A_weighted_pool_ramps_its_weight()
    {
        var world = new World("policy: Weighted\npools: [{pool: p}, {pool: s}]\nrecovery: {ramp: 100s}", Pools);

        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1");

        Assert.InRange(world.Shares()["10.0.0.1"], 780, 1040);
        Assert.InRange(world.Wait(100).Shares()["10.0.0.1"], 4800, 5200);
    }

    [Fact]
    public void An_override_acts_at_once_and_the_verdict_stays_visible()
    {
        var world = new World(Failover + "recovery: {ramp: 0s}", Pools);

        Assert.Equal(["10.0.0.2"], world.Say(OverrideState.Down, "p").Answer());
        Assert.Equal(VerdictState.Up, world.Plan.Pools[0].Addresses[0].Verdict.State);
        Assert.Equal(["10.0.0.1"], world.Say(null, "p").Answer());
        world.Set(VerdictState.Down, "10.0.0.1");
        Assert.Equal(["10.0.0.1"], world.Say(OverrideState.Up, "p").Answer());
        Assert.Equal(["10.0.0.2"], world.Say(OverrideState.Drain, "p").Answer());
    }

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
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]\nguard: {maxRemoved: 1}", Pools);

        world.Say(OverrideState.Down, "p").Set(VerdictState.Down, "10.0.0.2");

        Assert.False(world.Plan.Pools[0].Serves);
        Assert.Equal(PoolState.Down, world.Plan.Pools[1].State);
    }

    private static double Ttl(World world) => world.Plan.Ttl(world.Now).TotalSeconds;
}
