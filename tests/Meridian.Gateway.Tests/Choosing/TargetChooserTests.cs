using Meridian.Gateway.Choosing;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Tests.Support;
using Meridian.Gateway.Upstreams;
using Meridian.Model.Loads;
using Meridian.Model.Verdicts;
using Meridian.Steering.Loads;

namespace Meridian.Gateway.Tests.Choosing;

/// <summary>Which address a request gets, without sockets and with a seeded source of chance.</summary>
public sealed class TargetChooserTests
{
    private static readonly string[] One = [""];
    private static readonly string[] Two = ["", ""];

    private readonly Random _random = new(1);

    [Fact]
    public void The_first_pool_in_the_clients_order_gets_the_request()
    {
        using var world = new RouteWorld("", [One, One, One]);
        Assert.Same(world['c'], TargetChooser.Choose(world.Route, [2, 0, 1], [], 0, _random));
        Assert.Same(world['a'], TargetChooser.Choose(world.Route, [2, 0, 1], [world['c'].Upstream], 0, _random));
        Assert.Null(TargetChooser.Choose(world.Route, [1], [world['b'].Upstream], 0, _random));
    }

    [Fact]
    public void A_full_address_is_chosen_only_where_none_has_room_and_a_resting_one_only_at_last()
    {
        using var world = new RouteWorld("", [One, One, One]);
        Full(world['a']);
        world['b'].Upstream.Refused(TimeSpan.Zero);
        Assert.Same(world['c'], Choose(world));
        Full(world['c']);
        Assert.Same(world['a'], Choose(world));
        Assert.Same(world['c'], Choose(world, world['a']));
        Assert.Same(world['b'], Choose(world, world['a'], world['c']));
        Assert.Null(Choose(world, world['a'], world['b'], world['c']));
    }

    [Fact]
    public void An_address_that_is_full_and_resting_is_chosen_at_last()
    {
        using var world = new RouteWorld("", [One]);
        Full(world['a']);
        world['a'].Upstream.Refused(TimeSpan.Zero);
        Assert.Same(world['a'], Choose(world));
    }

    [Fact]
    public void An_address_without_weight_is_chosen_only_where_nothing_else_is_left_in_its_pool()
    {
        using var world = new RouteWorld("", [["weight: 0", "weight: 1"], One]);
        for (var i = 0; i < 20; i++)
            Assert.Same(world['a', 1], Choose(world));
        Assert.Same(world['a'], Choose(world, world['a', 1]));
        Assert.Same(world['b'], Choose(world, world['a', 1], world['a']));
    }

    [Fact]
    public void Addresses_without_weight_share_what_is_left_to_them()
    {
        using var world = new RouteWorld("", [["weight: 0", "weight: 0", "weight: 1"]]);
        Assert.InRange(Share(world, world['a'], world['a', 2]), 0.45, 0.55);
    }

    [Fact]
    public void Equal_addresses_share_equally()
    {
        using var world = new RouteWorld("", [["", "", ""]]);
        for (var i = 0; i < 3; i++)
            Assert.InRange(Share(world, world['a', i]), 0.31, 0.36);
    }

    [Fact]
    public void Of_two_the_one_with_less_under_way_for_its_weight_is_chosen()
    {
        using var world = new RouteWorld("", [["weight: 1", "weight: 3"]]);
        Assert.Equal(0, Share(world, world['a']));

        // Two thirds more under way, three times the weight: it is still the better one.
        Begin(world['a', 1], 1);
        Assert.Equal(0, Share(world, world['a']));

        // As much for its weight: the first of the two that are drawn has it, and draws go by weight.
        Begin(world['a', 1], 1);
        Assert.InRange(Share(world, world['a']), 0.23, 0.27);
        Begin(world['a', 1], 1);
        Assert.Equal(1, Share(world, world['a']));
    }

    [Fact]
    public void Both_of_the_two_are_drawn_evenly()
    {
        using var world = new RouteWorld("", [["", "", ""]]);
        Begin(world['a', 1], 1);
        Begin(world['a', 2], 2);

        // The idle one is among two of three in two cases of three; the busiest one never wins.
        Assert.InRange(Share(world, world['a']), 0.64, 0.69);
        Assert.Equal(0, Share(world, world['a', 2]));
    }

    [Fact]
    public void Declared_capacities_count_like_weights_where_every_address_has_one()
    {
        using var world = new RouteWorld("", [["capacity: 1", "capacity: 3"]]);
        Assert.Equal(0, Share(world, world['a']));
        using var partly = new RouteWorld("", [["capacity: 3", ""]]);
        Assert.InRange(Share(partly, partly['a']), 0.45, 0.55);
    }

    [Fact]
    public void A_slow_address_gets_less_and_one_that_has_not_answered_counts_as_fast_as_the_other()
    {
        using var world = new RouteWorld("", [Two]);
        Answer(world['a'], 10);
        Assert.InRange(Share(world, world['a']), 0.45, 0.55);
        Answer(world['a', 1], 1);
        Assert.Equal(0, Share(world, world['a']));
    }

    [Fact]
    public void Requests_that_are_much_work_count_as_much_and_so_do_those_of_others()
    {
        using var world = new RouteWorld("", [Two]);
        world['a'].Upstream.Begin(5);
        Begin(world['a', 1], 2);
        Assert.Equal(0, Share(world, world['a']));
        Report(world['a', 1], running: 8);
        Assert.Equal(1, Share(world, world['a']));
    }

    [Fact]
    public void An_address_that_says_it_is_full_loses_to_one_that_does_not_however_slow()
    {
        using var world = new RouteWorld("", [["capacity: 4", "capacity: 4"]]);
        Answer(world['a'], 0.001);
        Answer(world['a', 1], 100);
        Report(world['a'], running: 3);
        Assert.Equal(1, Share(world, world['a']));
        Report(world['a'], running: 4);
        Assert.Equal(0, Share(world, world['a']));
    }

    [Fact]
    public void An_address_that_comes_back_grows_into_its_share()
    {
        using var world = new RouteWorld("", [Two], "recovery: {ramp: 100s}");
        world.Set('a', 0, VerdictState.Down);
        world.Set('a', 0, VerdictState.Up);
        Assert.Equal(0, Share(world, world['a']));
        world.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.InRange(Share(world, world['a']), 0.45, 0.55);
    }

    [Fact]
    public void A_drained_address_is_not_chosen_beside_one_that_is_up_and_one_that_a_person_took_out_never()
    {
        using var world = new RouteWorld("", [One, One, One]);
        world.Override('a', OverrideState.Drain);
        world.Override('b', OverrideState.Down);
        Assert.Same(world['c'], Choose(world));
        Assert.Null(Choose(world, world['c']));
    }

    [Fact]
    public void Where_most_addresses_are_down_those_are_chosen_once_the_others_have_been_tried()
    {
        using var world = new RouteWorld("", [One, One, One]);
        world.Set('a', 0, VerdictState.Down);
        Assert.Same(world['b'], Choose(world));
        Assert.Null(Choose(world, world['b'], world['c']));
        world.Set('b', 0, VerdictState.Down);
        Assert.Same(world['c'], Choose(world));
        Assert.Same(world['a'], Choose(world, world['c']));
    }

    [Fact]
    public void An_address_that_says_it_drains_is_not_chosen_however_many_are_down()
    {
        using var world = new RouteWorld("", [One, One, One]);
        world.Set('a', 0, VerdictState.Draining);
        world.Set('b', 0, VerdictState.Down);
        world.Set('c', 0, VerdictState.Down);
        Assert.Same(world['b'], Choose(world));
        Assert.Null(Choose(world, world['b'], world['c']));
    }

    [Theory]
    [InlineData("ServeAll", true)]
    [InlineData("LastKnownGood", true)]
    [InlineData("ServFail", false)]
    public void Where_none_is_up_what_is_healthy_and_drained_comes_before_what_is_dead(string whenAllDown, bool used)
    {
        using var world = new RouteWorld("", [One, One, One, One], $"whenAllDown: {whenAllDown}");
        world.Override('d', OverrideState.Drain);
        world.Override('c', OverrideState.Drain);
        world.Override('b', OverrideState.Down);
        world.Set('a', 0, VerdictState.Down);
        world.Set('d', 0, VerdictState.Down);
        Assert.Equal(used ? [world['c'], world['a']] : [], All(world));
    }

    [Fact]
    public void Where_most_are_down_they_follow_the_others_whatever_is_done_when_all_are()
    {
        using var world = new RouteWorld("", [One, One, One], "whenAllDown: ServFail");
        world.Set('a', 0, VerdictState.Down);
        world.Set('b', 0, VerdictState.Down);
        Assert.Equal([world['c'], world['a'], world['b']], All(world));
    }

    [Fact]
    public void Half_of_the_addresses_down_are_not_most_of_them()
    {
        using var world = new RouteWorld("", [One, One]);
        world.Set('a', 0, VerdictState.Down);
        Assert.Null(Choose(world, world['b']));
    }

    [Theory]
    [InlineData("ServeAll", true)]
    [InlineData("ServFail", false)]
    public void Where_all_are_down_the_endpoint_says_whether_they_are_used(string whenAllDown, bool used)
    {
        using var world = new RouteWorld("", [One], $"whenAllDown: {whenAllDown}");
        world.Set('a', 0, VerdictState.Down);
        Assert.Equal(used, Choose(world) is not null);
    }

    [Fact]
    public void A_pool_above_its_limit_spills_into_the_next_and_takes_all_again_a_little_below()
    {
        using var world = new RouteWorld("upstream: {capacity: 10}, spillAbove: 0.8", [One, One]);
        Begin(world['a'], 7);
        Assert.Same(world['a'], Choose(world));
        Begin(world['a'], 1);
        Assert.Same(world['b'], Choose(world));
        Assert.Same(world['a'], Choose(world, world['b']));
        world['a'].Upstream.End(1);
        Assert.Same(world['a'], Choose(world));
    }

    [Fact]
    public void What_a_pool_can_do_is_what_its_addresses_that_are_up_can_do()
    {
        using var world = new RouteWorld("upstream: {capacity: 10}, spillAbove: 0.8", [Two, One]);
        Begin(world['a'], 8);
        Assert.Same(world['a', 1], Choose(world));
        world.Set('a', 1, VerdictState.Down);
        Assert.Same(world['b'], Choose(world));
    }

    [Fact]
    public void A_pool_is_as_busy_as_all_that_its_addresses_can_do_together()
    {
        // The small address is full and the large one idle: a quarter of what both can do, half of the addresses.
        using var world = new RouteWorld("spillAbove: 0.4", [["capacity: 10", "capacity: 30"], One]);
        Begin(world['a'], 10);
        Assert.Same(world['a', 1], Choose(world));
    }

    [Fact]
    public void Where_not_every_capacity_is_declared_addresses_count_alike_for_how_busy_a_pool_is()
    {
        using var world = new RouteWorld("spillAbove: 0.4", [["capacity: 10", ""], One]);
        Begin(world['a'], 3);
        Report(world['a', 1], given: 0.4);
        Assert.Same(world['a', 1], Choose(world, world['a']));
        Report(world['a', 1], given: 0.6);
        Assert.Same(world['b'], Choose(world));
    }

    [Fact]
    public void A_pool_that_spills_has_room_again_once_nothing_says_how_busy_it_is()
    {
        using var world = new RouteWorld("spillAbove: 0.8", [One, One]);
        Report(world['a'], given: 0.9);
        Assert.Same(world['b'], Choose(world));
        world.Time.Advance(WeightLaw.StaleAfter + TimeSpan.FromTicks(1));
        Assert.Same(world['a'], Choose(world));
    }

    [Fact]
    public void A_pool_with_less_than_it_needs_gets_nothing_while_another_one_serves()
    {
        using var world = new RouteWorld("", [Two, Two], pool: "minHealthy: 2,");
        world.Set('a', 0, VerdictState.Down);
        Assert.Same(world['b', 1], Choose(world, world['b']));
        Assert.Same(world['a', 1], Choose(world, world['b'], world['b', 1]));
    }

    [Fact]
    public void A_session_keeps_its_address_while_others_come_and_go()
    {
        using var world = new RouteWorld("", [["", "", "", ""]]);
        var places = Enumerable.Range(1, 40).ToDictionary(s => (ulong)s * 0x9E3779B97F4A7C15, s => OfSession(world, s));
        Assert.Equal(4, places.Values.Distinct().Count());
        foreach (var (session, place) in places)
        {
            Assert.Same(place, TargetChooser.Choose(world.Route, [0], [], session, _random));
            var other = world.Route.Tiers[0].Targets.First(t => !ReferenceEquals(t, place));
            Assert.Same(place, TargetChooser.Choose(world.Route, [0], [other.Upstream], session, _random));
            Assert.NotSame(place, TargetChooser.Choose(world.Route, [0], [place!.Upstream], session, _random));
        }
    }

    [Fact]
    public void A_session_leaves_an_address_that_has_too_much_more_than_the_mean()
    {
        using var world = new RouteWorld("", [Two]);
        var place = OfSession(world, 1)!;

        // The bound is 1.25 × (under way + 1) ÷ addresses, and one more: with n here alone it is exceeded above
        // 0.625 × (n + 1) + 1.
        Begin(place, 4);
        Assert.Same(place, OfSession(world, 1));
        Begin(place, 1);
        Assert.NotSame(place, OfSession(world, 1));

        // Six here and one there are exactly what the bound allows.
        Begin(place, 1);
        Begin(world.Route.Tiers[0].Targets.Single(t => !ReferenceEquals(t, place)), 1);
        Assert.Same(place, OfSession(world, 1));
        Begin(place, 1);
        Assert.NotSame(place, OfSession(world, 1));
    }

    [Fact]
    public void The_work_of_an_address_that_is_no_candidate_makes_no_session_stay()
    {
        using var world = new RouteWorld("", [["", "", ""]]);
        var place = OfSession(world, 1)!;
        var down = world.Route.Tiers[0].Targets.ToList().FindIndex(t => !ReferenceEquals(t, place));
        Begin(place, 5);
        Begin(world['a', down], 100);
        Assert.Same(place, OfSession(world, 1));

        world.Set('a', down, VerdictState.Down);

        Assert.NotSame(place.Upstream, OfSession(world, 1)!.Upstream);
    }

    [Fact]
    public void An_address_that_is_down_is_not_chosen_in_a_pool_that_serves()
    {
        using var world = new RouteWorld("", [Two]);
        world.Set('a', 0, VerdictState.Down);
        Assert.Equal(0, Share(world, world['a']));
    }

    private static Target? OfSession(RouteWorld world, int session) =>
        TargetChooser.Choose(world.Route, [0], [], (ulong)session * 0x9E3779B97F4A7C15, new Random(session));

    private Target? Choose(RouteWorld world, params Target[] tried) =>
        TargetChooser.Choose(world.Route, world.Order, tried.Select(t => t.Upstream).ToArray(), 0, _random);

    // What is chosen, one after the other.
    private Target[] All(RouteWorld world)
    {
        var tried = new List<Target>();
        while (Choose(world, [.. tried]) is { } next)
            tried.Add(next);
        return [.. tried];
    }

    private double Share(RouteWorld world, Target target, params Target[] tried)
    {
        const int Draws = 4000;
        var chosen = Enumerable.Range(0, Draws).Count(_ => ReferenceEquals(target, Choose(world, tried)));
        return chosen / (double)Draws;
    }

    private static void Full(Target target) =>
        target.Upstream.Judge(new AnswerBegun(429, "10", TimeSpan.Zero, 1), isFull: true);

    private static void Answer(Target target, double seconds) =>
        target.Upstream.Judge(new AnswerBegun(200, null, TimeSpan.FromSeconds(seconds), 1), false);

    private static void Report(Target target, int running) => target.Upstream.Reported.Update(
        new LoadFigure(DateTimeOffset.UnixEpoch, LoadSource.Report) { Running = running, Waiting = 0 }, inFlight: 0);

    private static void Report(Target target, double given) => target.Upstream.Reported.Update(
        new LoadFigure(DateTimeOffset.UnixEpoch, LoadSource.Report) { Given = given }, inFlight: 0);

    private static void Begin(Target target, int requests)
    {
        for (var i = 0; i < requests; i++)
            target.Upstream.Begin(1);
    }
}
