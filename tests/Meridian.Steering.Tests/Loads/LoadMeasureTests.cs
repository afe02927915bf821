using Meridian.Model.Verdicts;
using Meridian.Steering.Loads;

namespace Meridian.Steering.Tests.Loads;

public sealed class LoadMeasureTests
{
    private const string LeastLoad = "policy: LeastLoad\nrecovery: {ramp: 100s}\npools: [{pool: a}, {pool: b}]";
    private const string Other = "\nb: loadSignal: l, addresses: [{value: 10.0.0.9, capacity: 20}]";
    private const string Three = "a: loadSignal: l, addresses: [{value: 10.0.0.1, capacity: 10}, " +
        "{value: 10.0.0.2, capacity: 30}, {value: 10.0.0.3, capacity: 10}]" + Other;

    [Fact]
    public void The_capacity_of_a_pool_is_that_of_its_addresses_that_are_up()
    {
        var world = new World(LeastLoad, Three);
        Assert.Equal([50, 20], Measure(world).Select(l => l.Capacity));
        Assert.Equal([20, 20], Measure(world.Set(VerdictState.Down, "10.0.0.2")).Select(l => l.Capacity));
    }

    [Fact]
    public void Addresses_count_as_one_where_the_capacity_of_any_is_not_known() =>
        Assert.Equal([2, 1], Measure(new World(LeastLoad,
            "a: loadSignal: l, addresses: [{value: 10.0.0.1, capacity: 10}, {value: 10.0.0.2}]" + Other))
            .Select(l => l.Capacity));

    [Fact]
    public void Half_of_the_addresses_stand_for_all_and_fewer_for_none()
    {
        var world = new World(LeastLoad, Three).Load("10.0.0.1", running: 2);
        Assert.Null(Measure(world)[0].Utilisation);

        Assert.Equal(20.0 / 40, Measure(world.Load("10.0.0.2", running: 18))[0].Utilisation!.Value, 9);
        Assert.Equal(29.0 / 50, Measure(world.Load("10.0.0.3", running: 9))[0].Utilisation!.Value, 9);
        Assert.True(Measure(world)[0].IsAbsolute);
    }

    [Fact]
    public void The_load_is_as_old_as_the_newer_half_and_older_figures_are_left_out_once_they_are_stale()
    {
        var world = new World(LeastLoad, Three).Load("10.0.0.1", running: 10).Wait(2);
        world.Load("10.0.0.2", running: 3).Load("10.0.0.3", running: 3).Wait(13);
        Assert.Equal((TimeSpan.FromSeconds(13), 16.0 / 50), (Measure(world)[0].Age, Measure(world)[0].Utilisation));

        world.Wait(1);

        Assert.Equal((TimeSpan.FromSeconds(14), 6.0 / 40), (Measure(world)[0].Age, Measure(world)[0].Utilisation));
        Assert.Equal(6.0 / 40, Measure(world.Wait(10))[0].Utilisation);
    }

    [Fact]
    public void Without_capacities_the_work_of_those_that_report_stands_for_all_and_has_no_scale()
    {
        var load = Measure(new World(LeastLoad,
            "a: loadSignal: l, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}, {value: 10.0.0.3}]" + Other)
            .Load("10.0.0.1", running: 4).Load("10.0.0.2", running: 8).Load("10.0.0.9", running: 5));

        Assert.Equal([6, 5], load.Select(l => l.Utilisation!.Value));
        Assert.DoesNotContain(load, l => l.IsAbsolute);
    }

    [Fact]
    public void A_figure_without_work_cannot_be_compared_by_work()
    {
        var load = Measure(new World(LeastLoad,
            "a: loadSignal: l, addresses: [{value: 10.0.0.1}]\nb: loadSignal: l, addresses: [{value: 10.0.0.2}]")
            .Load("10.0.0.1", running: null, given: 0.5).Load("10.0.0.2", running: 5));

        Assert.Equal([null, 5], load.Select(l => l.Utilisation));
    }

    [Fact]
    public void A_pool_that_is_down_does_not_serve_and_one_that_comes_back_ramps()
    {
        var world = new World(LeastLoad, Three).Set(VerdictState.Down, "10.0.0.9");
        Assert.Equal([(true, 50), (false, 20)], Measure(world).Select(l => (l.Serves, l.Capacity)));

        world.Set(VerdictState.Up, "10.0.0.9").Wait(99);
        Assert.Equal([(true, false), (true, true)], Measure(world).Select(l => (l.Serves, l.IsRamping)));

        Assert.False(Measure(world.Wait(1))[1].IsRamping);
    }

    [Fact]
    public void A_pool_without_weight_does_not_serve_by_its_load() => Assert.Equal([true, false],
        Measure(new World(LeastLoad.Replace("{pool: b}", "{pool: b, weight: 0}", StringComparison.Ordinal), Three))
            .Select(l => l.Serves));

    private static PoolLoad[] Measure(World world) =>
        LoadMeasure.Measure(world.Plan.Shape, world.Plan.Pools, world, world.Now);
}
