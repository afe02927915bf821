using Meridian.Model.Verdicts;

namespace Meridian.Steering.Tests;

/// <summary>Scenarios 29, 32 and 41: TTL, overrides and ramps.</summary>
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
        Assert.Equal(30u, world.Plan.MaxTtlSeconds);
        Assert.Equal(20, Ttl(world.Set(["10.0.0.2"], v => v with { TtlLimit = TimeSpan.FromSeconds(20) })));
        Assert.Equal(1, Ttl(world.Set(["10.0.0.1"], v => v with { TtlLimit = TimeSpan.FromSeconds(1) })));
    }

    [Fact]
    public void A_recovered_pool_grows_from_a_tenth_to_its_whole_share_and_a_failure_starts_again()
    {
        var world = new World(Failover + "recovery: {ramp: 100s}", Pools);
        world.Set(VerdictState.Down, "10.0.0.1").Wait(10).Set(VerdictState.Up, "10.0.0.1");

        Assert.InRange(world.Shares()["10.0.0.1"], 850, 1150);
        Assert.Single(world.Answer());
        Assert.InRange(world.Wait(50).Shares()["10.0.0.1"], 5300, 5700);
        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1");
        Assert.InRange(world.Shares()["10.0.0.1"], 850, 1150);
        Assert.Equal(5, Ttl(world));
        Assert.Equal(10_000, world.Wait(100).Shares()["10.0.0.1"]);
    }

    [Fact]
    public void The_ramp_of_the_last_pool_that_comes_back_is_the_last()
    {
        var world = new World(Failover + "recovery: {ramp: 100s}", Pools);
        world.Set(VerdictState.Down, "10.0.0.2").Set(VerdictState.Up, "10.0.0.2").Wait(90);
        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1").Wait(50);

        Assert.InRange(world.Shares()["10.0.0.1"], 5300, 5700);
        Assert.Equal(10_000, world.Wait(50).Shares()["10.0.0.1"]);
    }

    [Theory]
    [InlineData("policy: Nearest", "")]
    [InlineData("policy: SourceMap\nsourceMap: m",
        "\n---\napiVersion: meridian.dev/v1alpha1\nkind: SourceMap\nmetadata: {name: m}\n" +
        "spec: {sources: [{name: o, networks: [10.0.0.0/8], pools: [s]}], default: [p, s]}\n")]
    public void The_best_pool_for_a_client_grows_into_its_share_too(string policy, string more)
    {
        var world = new World(policy + "\npools: [{pool: p}, {pool: s}]\nrecovery: {ramp: 100s}",
            "p: site: hanoi, addresses: [{value: 10.0.0.1}]\ns: site: suva, addresses: [{value: 10.0.0.2}]", more);
        world.Set(VerdictState.Down, "10.0.0.1").Wait(10).Set(VerdictState.Up, "10.0.0.1");

        Assert.InRange(world.Shares()["10.0.0.1"], 850, 1150);
        Assert.Equal(10_000, world.Wait(100).Shares()["10.0.0.1"]);
    }

    [Fact]
    public void Pools_in_turn_count_alike_whatever_their_weight_while_one_ramps()
    {
        var world = new World("policy: RoundRobin\npools: [{pool: p, weight: 9}, {pool: s}, {pool: t}]\n" +
            "recovery: {ramp: 100s}", Pools + "\nt: addresses: [{value: 10.0.0.3}]");
        world.Set(VerdictState.Down, "10.0.0.3").Set(VerdictState.Up, "10.0.0.3");
        Assert.InRange(world.Shares()["10.0.0.1"], 4500, 5000);
        Assert.Equal(0, world.Choose().Decision.ScopeBits);
    }

    [Fact]
    public void A_weighted_pool_ramps_its_weight()
    {
        var world = new World("policy: Weighted\npools: [{pool: p}, {pool: s}]\nrecovery: {ramp: 100s}", Pools);

        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1");

        Assert.InRange(world.Shares()["10.0.0.1"], 780, 1040);
        Assert.Equal(0, world.Choose().Decision.ScopeBits);
        Assert.InRange(world.Wait(100).Shares()["10.0.0.1"], 4800, 5200);
    }

    [Fact]
    public void Pools_of_weight_0_that_are_left_alone_are_drawn_evenly_while_one_ramps()
    {
        var world = new World("policy: Weighted\npools: [{pool: p}, {pool: s, weight: 0}, {pool: t, weight: 0}]\n" +
            "recovery: {ramp: 100s}", Pools + "\nt: addresses: [{value: 10.0.0.3}]");

        world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2").Set(VerdictState.Up, "10.0.0.2");

        Assert.InRange(world.Wait(50).Shares()["10.0.0.2"], 3390, 3710);
        Assert.InRange(world.Wait(50).Shares()["10.0.0.2"], 4800, 5200);
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

    [Fact]
    public void The_TTL_starts_again_when_a_pool_joins_or_leaves()
    {
        const string Two = "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.2}]";
        var one = new World("policy: Failover\nttl: 60s\nminTtl: 5s\npools: [{pool: p}]", Two);
        var both = new World("policy: Failover\nttl: 60s\nminTtl: 5s\npools: [{pool: p}, {pool: s}]", Two);
        var world = new World("policy: Failover\nttl: 60s\nminTtl: 5s\npools: [{pool: p}]", Two).Wait(1000);
        Assert.Equal(60, Ttl(world));

        Assert.Equal(5, Ttl(world.Become(both)));
        Assert.Equal(60, Ttl(world.Wait(60)));
        Assert.Equal(5, Ttl(world.Become(one)));
    }

    [Fact]
    public void The_TTL_starts_again_when_a_reload_lets_a_pool_serve_with_the_addresses_that_it_has()
    {
        const string Calm = Failover + "recovery: {ramp: 0s}";
        const string Two = "p: addresses: [{value: 10.0.0.1}, {value: 10.0.0.3}], minHealthy: ";
        const string Other = "\ns: addresses: [{value: 10.0.0.2}]";
        var world = new World(Calm, Two + "2" + Other).Set(VerdictState.Down, "10.0.0.3").Wait(1000);
        Assert.Equal(60, Ttl(world));
        Assert.Equal(["10.0.0.2"], world.Answer());

        world.Become(new World(Calm, Two + "1" + Other));

        Assert.Equal(["10.0.0.1"], world.Answer());
        Assert.Equal(5, Ttl(world));
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

    private static double Ttl(World world) => world.Plan.Ttl(world.Now).TotalSeconds;
}
