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
    public void An_evenly_drawn_pool_ramps_too()
    {
        var world = new World("policy: RoundRobin\npools: [{pool: p}, {pool: s}]\nrecovery: {ramp: 100s}", Pools);

        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1");

        Assert.InRange(world.Shares()["10.0.0.1"], 780, 1040);
        Assert.InRange(world.Wait(50).Shares()["10.0.0.1"], 3390, 3710);
        Assert.InRange(world.Wait(50).Shares()["10.0.0.1"], 4800, 5200);
    }

    [Fact]
    public void A_sticky_pool_takes_its_clients_back_by_and_by()
    {
        var world = new World("policy: Sticky\npools: [{pool: p}, {pool: s}]\nrecovery: {ramp: 100s}", Pools);
        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1");
        var clients = Enumerable.Range(0, 4000).Select(i => $"{20 + (i % 100)}.{i / 100}.7.0").ToArray();

        var early = clients.Where(c => world.Answer(c)[0] == "10.0.0.1").ToArray();
        world.Wait(50);
        var later = clients.Where(c => world.Answer(c)[0] == "10.0.0.1").ToArray();

        Assert.InRange(early.Length, 300, 430);
        Assert.InRange(later.Length, 1320, 1520);
        Assert.Subset(later.ToHashSet(), early.ToHashSet());
    }

    [Fact]
    public void Where_all_pools_come_back_the_first_keeps_what_none_is_drawn_for()
    {
        var world = new World(Failover + "recovery: {ramp: 100s}", Pools);

        world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2").Set(VerdictState.Up, "10.0.0.1", "10.0.0.2");

        // The first by its own draw, or because neither was drawn: 0.1 + 0.9 · 0.9.
        Assert.InRange(world.Shares()["10.0.0.1"], 9000, 9200);
    }

    [Fact]
    public void A_pool_that_was_drained_ramps_and_one_that_was_unknown_does_not()
    {
        var world = new World(Failover + "recovery: {ramp: 100s}", Pools);

        world.Set(VerdictState.Unknown, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1");
        Assert.Null(world.Plan.Pools[0].RecoveredAt);

        world.Say(OverrideState.Drain, "p").Wait(5).Say(null, "p");
        Assert.Equal(world.Now, world.Plan.Pools[0].RecoveredAt);
        Assert.InRange(world.Shares()["10.0.0.1"], 850, 1150);
    }

    [Fact]
    public void A_pool_that_the_guard_held_does_not_ramp()
    {
        var world = new World(Failover + "guard: {maxRemoved: 1}\nrecovery: {ramp: 100s}", Pools);

        world.Set(VerdictState.Down, "10.0.0.2").Wait(1).Set(VerdictState.Down, "10.0.0.1");
        Assert.Equal(PoolState.Guarded, world.Plan.Pools[0].State);
        world.Wait(1).Set(VerdictState.Up, "10.0.0.1");

        Assert.Equal(PoolState.Up, world.Plan.Pools[0].State);
        Assert.Null(world.Plan.Pools[0].RecoveredAt);
    }

    [Fact]
    public void The_TTL_starts_again_when_an_address_leaves_or_returns_and_its_pool_stays_up()
    {
        var world = new World("policy: Failover\nttl: 60s\nminTtl: 5s\npools: [{pool: p}]",
            "p: addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]").Wait(1000);
        Assert.Equal(60, Ttl(world));

        Assert.Equal(5, Ttl(world.Set(VerdictState.Down, "10.0.0.2")));
        Assert.Equal(60, Ttl(world.Wait(60)));
        Assert.Equal(5, Ttl(world.Set(VerdictState.Up, "10.0.0.2")));
        Assert.Equal(6, Ttl(world.Wait(6)));
    }

    [Theory]
    [InlineData("suspected", "a verdict is in doubt: minTtl", 5)]
    [InlineData("remembered", "a verdict is in doubt: minTtl", 5)]
    [InlineData("unknown", "a verdict is in doubt: minTtl", 5)]
    [InlineData("overridden", "calm: ttl", 60)]
    [InlineData("all down", "no pool is up: minTtl", 5)]
    [InlineData("limited", "limited by an external feed", 30)]
    [InlineData("not limited", "calm: ttl", 60)]
    [InlineData("limited, overridden", "calm: ttl", 60)]
    [InlineData("coming back", "a pool is coming back: minTtl", 5)]
    [InlineData("changed", "calm for less than ttl: the time since the last change", 59)]
    [InlineData("calm", "calm: ttl", 60)]
    public void The_TTL_has_a_reason(string what, string reason, int ttl)
    {
        var world = new World(Failover + "recovery: {ramp: 100s}",
            "p: addresses: [{value: 10.0.0.1}, {value: 10.0.0.3}]\ns: addresses: [{value: 10.0.0.2}]").Wait(1000);
        switch (what)
        {
            case "suspected":
                world.Set(["10.0.0.1"], v => v with { Suspected = true });
                break;
            case "remembered":
                world.Set(["10.0.0.1"], v => v with { Remembered = true });
                break;
            case "unknown":
                world.Set(VerdictState.Unknown, "10.0.0.1").Wait(1000);
                break;
            case "overridden":
                world.Set(["10.0.0.1", "10.0.0.3"], v => v with { Suspected = true }).Say(OverrideState.Up, "p");
                break;
            case "all down":
                world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2", "10.0.0.3");
                break;
            case "limited":
                world.Set(["10.0.0.1"], v => v with { TtlLimit = TimeSpan.FromSeconds(30) });
                break;
            case "not limited":
                world.Set(["10.0.0.1"], v => v with { TtlLimit = TimeSpan.FromSeconds(60) });
                break;
            case "limited, overridden":
                world.Set(["10.0.0.1"], v => v with { TtlLimit = TimeSpan.FromSeconds(30) })
                    .Say(OverrideState.Up, "p");
                break;
            case "coming back":
                world.Set(VerdictState.Down, "10.0.0.2").Set(VerdictState.Up, "10.0.0.2").Wait(99);
                break;
            case "changed":
                world.Set(VerdictState.Down, "10.0.0.3").Wait(59);
                break;
            case "calm":
                world.Set(VerdictState.Down, "10.0.0.3").Wait(60);
                break;
        }

        Assert.Equal(reason, world.Plan.TtlReason(world.Now));
        Assert.Equal(ttl, Ttl(world));
        world.Choose();
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

    [Fact]
    public void The_guard_holds_the_first_of_those_that_went_down_together()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]\nguard: {maxRemoved: 1}", Pools);

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

    private static double Ttl(World world) => world.Plan.Ttl(world.Now).TotalSeconds;
}
