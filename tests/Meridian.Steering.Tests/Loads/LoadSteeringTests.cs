using System.Net;
using Meridian.Model.Verdicts;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests.Loads;

public sealed class LoadSteeringTests
{
    private const string Pools =
        "a: loadSignal: l, addresses: [{value: 10.0.0.1, capacity: 30}]\n" +
        "b: loadSignal: l, addresses: [{value: 10.0.0.2, capacity: 10}]";
    private const string LeastLoad = "policy: LeastLoad\nrecovery: {ramp: 0s}\npools: [{pool: a}, {pool: b}]";

    [Fact]
    public void Before_any_figure_pools_are_drawn_by_what_they_can_do()
    {
        var world = new World(LeastLoad, Pools);
        Assert.InRange(world.Shares()["10.0.0.1"], 7300, 7700);
        Assert.Equal(10_000, world.ReadyCount);
    }

    [Fact]
    public void Busier_pools_are_drawn_less_and_explain_says_why()
    {
        var world = new World(LeastLoad, Pools).Load("10.0.0.1", running: 27).Load("10.0.0.2", running: 1).Weigh(20);

        Assert.InRange(world.Shares()["10.0.0.1"], 2000, 6500);
        var explanation = Explainer.Explain(world.Table, "app.example.org", IPAddress.Parse("192.0.2.0"), 24,
            AddressKind.V4, 1, world.Now, world)!;
        Assert.Contains(explanation.Steps,
            s => s.StartsWith("Pool a has weight ", StringComparison.Ordinal)
            && s.EndsWith(" at 90 %: busier than the mean: gets less.", StringComparison.Ordinal));
        Assert.Equal("90 %: 27 of 30 running (Scrape, 0.0 s ago)",
            explanation.Pools.Single(p => p.Name == "a").Addresses[0].Load);
    }

    [Fact]
    public void Weights_of_the_resource_are_what_is_corrected()
    {
        var world = new World("policy: Weighted\nweights: auto\n" +
            "pools: [{pool: a, weight: 1}, {pool: b, weight: 3}, {pool: c, weight: 0}]",
            Pools + "\nc: loadSignal: l, addresses: [{value: 10.0.0.3}]");
        Assert.InRange(world.Shares()["10.0.0.2"], 7300, 7700);
        Assert.InRange(world.Load("10.0.0.1", 0, given: 0.2).Load("10.0.0.2", 0, given: 0.8).Weigh(20)
            .Shares()["10.0.0.2"], 4000, 7000);
        Assert.DoesNotContain("10.0.0.3", world.Shares().Keys);
    }

    [Fact]
    public void Without_capacities_pools_are_compared_by_their_work()
    {
        var world = new World(LeastLoad,
            "a: loadSignal: l, addresses: [{value: 10.0.0.1}, {value: 10.0.0.3}]\n" +
            "b: loadSignal: l, addresses: [{value: 10.0.0.2}]");
        Assert.InRange(world.Shares()["10.0.0.2"], 3100, 3600);
        Assert.InRange(world.Load("10.0.0.1", 5).Load("10.0.0.3", 5).Load("10.0.0.2", 20).Weigh(20)
            .Shares()["10.0.0.2"], 1500, 2900);
    }

    [Fact]
    public void The_capacity_that_a_signal_names_goes_before_a_learned_one()
    {
        const string Signal = "\n---\napiVersion: meridian.dev/v1alpha1\nkind: LoadSignal\nmetadata: {name: big}\n"
            + "spec: {capacity: 40}\n";
        var world = new World(LeastLoad, "a: loadSignal: big, addresses: [{value: 10.0.0.1}]\n"
            + "b: loadSignal: l, addresses: [{value: 10.0.0.2}]", Signal);
        world.Learn("10.0.0.1", 10).Learn("10.0.0.2", 10).Weigh();
        Assert.InRange(world.Shares()["10.0.0.1"], 7800, 8200);
    }

    [Fact]
    public void A_learned_capacity_counts_where_none_is_declared()
    {
        var world = new World(LeastLoad,
            "a: loadSignal: l, addresses: [{value: 10.0.0.1}]\nb: loadSignal: l, addresses: [{value: 10.0.0.2}]");
        world.Learn("10.0.0.1", 40).Learn("10.0.0.2", 10).Weigh();
        Assert.InRange(world.Shares()["10.0.0.1"], 7800, 8200);
    }

    [Fact]
    public void A_pool_that_goes_down_is_not_drawn_and_half_a_pool_is_drawn_half()
    {
        var world = new World(LeastLoad,
            "a: loadSignal: l, addresses: [{value: 10.0.0.1, capacity: 10}, {value: 10.0.0.3, capacity: 10}]\n" +
            "b: loadSignal: l, addresses: [{value: 10.0.0.2, capacity: 20}]");
        world.Set(VerdictState.Down, "10.0.0.3").Weigh();
        Assert.InRange(world.Shares()["10.0.0.1"], 3100, 3600);
        world.Set(VerdictState.Down, "10.0.0.1");
        Assert.Equal(["10.0.0.2"], world.Shares().Keys);
    }

    [Fact]
    public void A_reload_keeps_what_was_learned_and_fixed_weights_are_fixed_at_once()
    {
        var world = new World(LeastLoad, Pools).Load("10.0.0.1", running: 27).Load("10.0.0.2", running: 1).Weigh(20);
        var learned = world.Plan.Pools[0].ByLoad;

        Assert.Equal(learned!.Trim,
            world.Become(new World(LeastLoad + "\nttl: 20s", Pools)).Plan.Pools[0].ByLoad!.Trim);
        world.Become(new World("policy: Weighted\npools: [{pool: a, weight: 1}, {pool: b, weight: 1}]", Pools));
        Assert.InRange(world.Shares()["10.0.0.1"], 4800, 5200);
    }

    [Fact]
    public void A_verdict_keeps_what_was_learned()
    {
        var world = new World(LeastLoad,
            "a: loadSignal: l, addresses: [{value: 10.0.0.1, capacity: 10}, {value: 10.0.0.3, capacity: 10}]\n" +
            "b: loadSignal: l, addresses: [{value: 10.0.0.2, capacity: 20}]");
        world.Load("10.0.0.1", running: 9).Load("10.0.0.3", running: 9).Load("10.0.0.2", running: 1).Weigh(20);
        var learned = world.Plan.Pools[0].ByLoad!.Trim;
        Assert.InRange(learned, 0.5, 0.99);

        Assert.Equal(learned, world.Set(VerdictState.Down, "10.0.0.3").Plan.Pools[0].ByLoad!.Trim);
    }

    [Fact]
    public void A_pool_that_a_reload_adds_is_weighed_at_once()
    {
        var world = new World(LeastLoad, Pools).Load("10.0.0.1", running: 27).Load("10.0.0.2", running: 1).Weigh(20);

        world.Become(new World(LeastLoad.Replace("{pool: b}", "{pool: b}, {pool: c}", StringComparison.Ordinal),
            Pools + "\nc: loadSignal: l, addresses: [{value: 10.0.0.1, capacity: 20}]"));

        Assert.InRange(world.Plan.Pools[2].Weight, 250, 450);
    }
}
