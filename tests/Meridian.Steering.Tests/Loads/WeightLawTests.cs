using System.Collections.Immutable;
using CsCheck;
using Meridian.Steering.Loads;

namespace Meridian.Steering.Tests.Loads;

public sealed class WeightLawTests
{
    private static readonly double[] Sites = [100, 60, 40];

    // The fast form of bench/weights; the obvious law moves its weights by 90 % and more in half of these.
    [Theory]
    [InlineData(0.6, 5)]
    [InlineData(0.6, 120)]
    [InlineData(0.8, 20)]
    [InlineData(0.95, 5)]
    [InlineData(0.95, 120)]
    public void Weights_stay_calm_whatever_the_load_and_the_caches(double utilisation, int ttl)
    {
        var result = new LoadSimulation { Capacities = Sites, Utilisation = utilisation, Ttl = ttl }.Run();
        var still = new LoadSimulation
        {
            Capacities = Sites,
            Utilisation = utilisation,
            Ttl = ttl,
            Law = LoadSimulation.Fixed,
        }.Run();
        Assert.InRange(result.Restlessness, 0, 0.15);
        Assert.InRange(result.Deviation, 0, still.Deviation * 1.15);
        Assert.All(result.Means, mean => Assert.InRange(mean, utilisation - 0.06, utilisation + 0.06));
    }

    [Theory]
    [InlineData(0.6, 20)]
    [InlineData(0.85, 5)]
    [InlineData(0.95, 120)]
    public void Wrong_capacities_are_found_out(double utilisation, int ttl)
    {
        var simulation = new LoadSimulation
        {
            Capacities = Sites,
            Declared = [140, 60, 28],
            Utilisation = utilisation,
            Ttl = ttl,
        };
        Assert.All(simulation.Run().Means, mean => Assert.InRange(mean, utilisation - 0.06, utilisation + 0.06));
    }

    [Fact]
    public void A_site_that_cannot_be_scraped_keeps_its_share()
    {
        var result = new LoadSimulation
        {
            Capacities = Sites,
            Utilisation = 0.8,
            Ttl = 20,
            Outage = (0, 1200, 1800),
        }.Run();
        Assert.All(result.Weights[1200..1900], weights => Assert.InRange(weights[0], 0.4, 0.6));
    }

    [Fact]
    public void Without_figures_the_weights_are_the_capacities() =>
        Assert.Equal([500, 300, 200],
            LoadSimulation.Follow([.. Sites.Select(c => new PoolLoad { Capacity = c, Serves = true })], [])
            .Select(w => w.Published));

    [Fact]
    public void Another_capacity_counts_at_once_and_keeps_what_was_learned()
    {
        PoolLoad[] loads = [Load(0.5, 0), Load(0.5, 0)];
        var before = LoadSimulation.Follow(loads, []);
        loads[0] = loads[0] with { Capacity = 300 };
        var after = LoadSimulation.Follow(loads, before);
        Assert.Equal([750, 250], after.Select(w => w.Published));
    }

    [Fact]
    public void A_new_pool_leaves_what_was_learned_of_the_others()
    {
        var before = Steps(50, (0.9, 0), (0.5, 0));
        var after = WeightLaw.Next([Load(0.9, 0), Load(0.5, 0), Load(0.7, 0)], [before[0], before[1], null]);
        Assert.Equal(before[0].Trim, after[0].Trim, 0.02);
        Assert.Equal((double)before[0].Published / before[1].Published, (double)after[0].Published / after[1].Published,
            0.05);
    }

    [Fact]
    public void A_busier_pool_gets_less_and_says_so()
    {
        var after = Steps(20, (0.9, 0), (0.3, 0));
        Assert.InRange(after[0].Published, 100, 400);
        Assert.Equal([WeightReason.Busier, WeightReason.Idler], after.Select(w => w.Reason));
    }

    [Fact]
    public void An_old_figure_goes_back_to_the_capacity_and_says_so()
    {
        var busy = Steps(20, (0.9, 0), (0.3, 0));
        PoolLoad[] loads = [Load(0.9, 20), Load(0.3, 0)];
        Assert.Equal(WeightReason.Stale, LoadSimulation.Follow(loads, busy)[0].Reason);
        loads = [Load(0.9, 300), Load(0.3, 300)];
        var after = busy;
        for (var i = 0; i < 100; i++)
            after = LoadSimulation.Follow(loads, after);
        Assert.All(after, w => Assert.Equal(WeightReason.NoFigure, w.Reason));
        Assert.All(after, w => Assert.InRange(w.Published, 480, 520));
    }

    [Fact]
    public void A_pool_that_is_out_does_not_move_the_others()
    {
        PoolLoad[] loads = [Load(0.5, 0), Load(0.5, 0), Load(5, 0) with { Serves = false }];
        var after = LoadSimulation.Follow(loads, LoadSimulation.Follow(loads, []));
        Assert.Equal([WeightReason.Balanced, WeightReason.Balanced, WeightReason.Out], after.Select(w => w.Reason));
        Assert.Equal(after[0].Published, after[1].Published);
    }

    [Fact]
    public void Nothing_is_learned_from_a_pool_that_comes_back_nor_from_figures_without_a_scale()
    {
        Assert.NotEqual(1, Steps(1, (0.9, 0), (0.3, 0))[0].Trim);
        Assert.Equal(1, LoadSimulation.Follow([Load(0.9, 0) with { IsRamping = true }, Load(0.3, 0)], [])[0].Trim);
        Assert.All(LoadSimulation.Follow([Load(9, 0) with { IsAbsolute = false },
            Load(3, 0) with { IsAbsolute = false }], []), w => Assert.Equal(1, w.Trim));
    }

    [Fact]
    public void Rises_are_believed_sooner_than_falls()
    {
        var after = WeightLaw.Next([Load(0.8, 0), Load(0.2, 0)], [Weight(100, 0.5), Weight(100, 0.5)]);
        Assert.Equal(0.5 + (0.3 * (1 - Math.Exp(-5.0 / 15))), after[0].Utilisation!.Value, 9);
        Assert.Equal(0.5 - (0.3 * (1 - Math.Exp(-5.0 / 45))), after[1].Utilisation!.Value, 9);
    }

    // The mean is that of the capacities as they were learned: (0.4 · 200 + 0.9 · 50) / 250 = 0.5.
    [Fact]
    public void Half_of_the_deviation_from_the_mean_is_corrected_within_what_may_be_learned()
    {
        var after = WeightLaw.Next([Load(0.4, 0), Load(0.9, 0)],
            [Weight(220, 0.4, trim: 2), Weight(30, 0.9, trim: 0.5)]);
        Assert.Equal([2, 0.5], after.Select(w => w.Trim));
        Assert.Equal(100 * 2 * (1 + (0.5 * 0.1 / 0.5)), after[0].Exact, 9);
        Assert.Equal(100 * 0.5 * (1 - (0.5 * 0.4 / 0.5)), after[1].Exact, 9);
    }

    [Fact]
    public void A_fiftieth_of_the_deviation_is_learned()
    {
        var after = WeightLaw.Next([Load(0.9, 0), Load(0.3, 0)], [Weight(75, 0.9), Weight(125, 0.3)]);
        Assert.Equal(1 - (0.02 * 0.3), after[0].Trim, 9);
        Assert.Equal(1 + (0.02 * 0.3), after[1].Trim, 9);
        Assert.Equal(100 * after[0].Trim * 0.75, after[0].Exact, 9);
        Assert.Equal(100 * after[1].Trim * 1.25, after[1].Exact, 9);
    }

    [Theory]
    [InlineData(0.25, 0.35, true)]
    [InlineData(0.25, 0.34, false)]
    public void Nothing_is_learned_below_a_mean_of_three_tenths(double one, double other, bool learns) =>
        Assert.Equal(learns, WeightLaw.Next([Load(one, 0), Load(other, 0)], [Weight(100, one), Weight(100, other)])[0]
            .Trim > 1);

    [Fact]
    public void Deviations_of_pools_that_idle_are_taken_for_small() => Assert.Equal(90,
        WeightLaw.Next([Load(0.03, 0), Load(0.01, 0)], [Weight(90, 0.03), Weight(110, 0.01)])[0].Exact, 9);

    [Fact]
    public void A_weight_changes_by_a_tenth_in_a_tick_and_keeps_a_tenth_of_what_is_due_to_it()
    {
        var after = WeightLaw.Next([Load(0.9, 0), Load(0.3, 0)], [Weight(100, 0.9), Weight(100, 0.3)]);
        Assert.Equal([90.0, 110.0], after.Select(w => Math.Round(w.Exact, 9)));

        PoolLoad[] loads = [Load(5, 0) with { Capacity = 1 }, Load(0.5, 0)];
        after = WeightLaw.Next(loads, [Weight(0.09, 5) with { Capacity = 1 }, Weight(100, 0.5)]);
        Assert.Equal(0.1 * after[0].Trim, after[0].Exact, 9);
    }

    [Theory]
    [InlineData(0.47, 0.53, WeightReason.Busier)]
    [InlineData(0.48, 0.52, WeightReason.Balanced)]
    [InlineData(0.52, 0.48, WeightReason.Balanced)]
    [InlineData(0.53, 0.47, WeightReason.Idler)]
    public void A_twentieth_from_the_mean_is_balanced(double one, double other, WeightReason reason) =>
        Assert.Equal(reason,
            WeightLaw.Next([Load(one, 0), Load(other, 0)], [Weight(100, one), Weight(100, other)])[1].Reason);

    [Theory]
    [InlineData(15, WeightReason.Balanced, 50)]
    [InlineData(16, WeightReason.Stale, 80)]
    [InlineData(60, WeightReason.Stale, 80)]
    [InlineData(61, WeightReason.NoFigure, 100)]
    public void A_figure_is_stale_after_15_seconds_and_forgotten_after_60(int age, WeightReason reason, double target)
    {
        var after = WeightLaw.Next([Load(0.5, age), Load(0.5, 0)], [Weight(50, 0.5, 0.8), Weight(100, 0.5)])[0];
        Assert.Equal(reason, after.Reason);
        Assert.Equal(reason == WeightReason.NoFigure, after.Utilisation is null);
        Assert.Equal(reason == WeightReason.Balanced ? 55 : 50 + ((1 - Math.Exp(-5.0 / 60)) * (target - 50)),
            after.Exact, 9);
    }

    [Fact]
    public void A_pool_that_says_nothing_more_has_no_load() => Assert.Null(
        WeightLaw.Next([new() { Capacity = 100, Serves = true }], [Weight(100, 0.7)])[0].Utilisation);

    [Fact]
    public void A_stale_figure_does_not_move_the_load() => Assert.Equal(0.7,
        WeightLaw.Next([Load(0.5, 16), Load(0.5, 0)], [Weight(100, 0.7), Weight(100, 0.5)])[0].Utilisation);

    [Theory]
    [InlineData(515, 485, 500, 500)]
    [InlineData(516, 484, 516, 484)]
    public void Weights_are_published_once_one_has_changed_by_more_than_three_hundredths(int one, int other,
        int first, int second)
    {
        PoolLoad[] loads = [new() { Capacity = one }, new() { Capacity = other }];
        var after = WeightLaw.Next(loads, [Weight(500, 0.5), Weight(500, 0.5)]);
        Assert.Equal([first, second], after.Select(w => w.Published));
    }

    [Fact]
    public void Figures_without_a_scale_give_the_same_weights_in_any_unit() =>
        Gen.Select(Gen.Double[0.01, 10], Gen.Double[0.01, 10], Gen.Double[0.01, 1000]).Sample((a, b, unit) =>
        Assert.Equal(Run(a, b).Select(w => w.Published), Run(a * unit, b * unit).Select(w => w.Published)));

    [Fact]
    public void Any_figures_give_weights_that_can_be_drawn_with_and_move_slowly()
    {
        var load = Gen.Select(Gen.Double[0.001, 1e6], Gen.Double[-1e3, 1e4].Select(d => d < 0 ? null : (double?)d),
            Gen.Bool, Gen.Int[0, 100], Gen.Bool, Gen.Bool)
            .Select((capacity, used, absolute, age, serves, ramps) => new PoolLoad
            {
                Capacity = capacity,
                Utilisation = used,
                IsAbsolute = absolute,
                Age = TimeSpan.FromSeconds(age),
                Serves = serves,
                IsRamping = ramps,
            });
        load.Array[4].Array[1, 20].Sample(ticks =>
        {
            var weights = ImmutableArray<PoolWeight>.Empty;
            foreach (var loads in ticks)
            {
                var next = LoadSimulation.Follow(loads, weights);
                Assert.All(next, w => Assert.InRange(w.Published, 1, WeightLaw.Scale));
                Assert.InRange(next.Sum(w => w.Published), WeightLaw.Scale - 8, WeightLaw.Scale + 8);
                Assert.All(next, w => Assert.InRange(w.Trim, 0.5, 2));
                Assert.All(next, w => Assert.True(double.IsFinite(w.Exact) && w.Exact > 0));
                weights = next;
            }
        });
    }

    private static ImmutableArray<PoolWeight> Run(double a, double b) => Steps(10, false, (a, 0), (b, 0));

    private static ImmutableArray<PoolWeight> Steps(int count, params (double Used, int Age)[] loads) =>
        Steps(count, true, loads);

    private static ImmutableArray<PoolWeight> Steps(int count, bool absolute, params (double Used, int Age)[] loads)
    {
        var weights = ImmutableArray<PoolWeight>.Empty;
        for (var i = 0; i < count; i++)
            weights = LoadSimulation.Follow([.. loads.Select(l => Load(l.Used, l.Age) with { IsAbsolute = absolute })],
                weights);
        return weights;
    }

    private static PoolWeight Weight(double exact, double used, double trim = 1) =>
        new() { Published = 500, Exact = exact, Capacity = 100, Trim = trim, Utilisation = used };

    private static PoolLoad Load(double used, int age) =>
        new() { Capacity = 100, Utilisation = used, IsAbsolute = true, Age = TimeSpan.FromSeconds(age), Serves = true };
}
