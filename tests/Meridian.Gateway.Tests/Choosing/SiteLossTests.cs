using Meridian.Gateway.Choosing;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Tests.Support;
using Meridian.Model.Verdicts;

namespace Meridian.Gateway.Tests.Choosing;

/// <summary>What the other sites get of the load of one that dies.</summary>
public sealed class SiteLossTests
{
    private readonly Random _random = new(1);

    [Fact]
    public void The_load_of_a_dead_site_goes_to_the_nearest_with_room_and_none_gets_more_than_it_can_do()
    {
        // Four sites at 60 % of what they say that they can do; the nearest one of these clients dies.
        using var world = new RouteWorld("upstream: {capacity: 10}, spillAbove: 0.9", [[""], [""], [""], [""]]);
        foreach (var target in "abcd".Select(p => world[p]))
            Begin(target, 6);
        world.Set('a', 0, VerdictState.Down);

        for (var request = 0; request < 6; request++)
            Begin(Choose(world), 1);

        Assert.Equal([9, 9, 6], "bcd".Select(p => world[p].Upstream.InFlight));
    }

    [Fact]
    public void Where_all_that_are_left_are_full_the_nearest_is_asked_all_the_same()
    {
        using var world = new RouteWorld("upstream: {capacity: 10}, spillAbove: 0.9", [[""], [""], [""]]);
        foreach (var target in "abc".Select(p => world[p]))
            Begin(target, 9);
        world.Set('a', 0, VerdictState.Down);

        Assert.Same(world['b'], Choose(world));
    }

    private Target Choose(RouteWorld world) => TargetChooser.Choose(world.Route, world.Order, [], 0, _random)!;

    private static void Begin(Target target, int requests)
    {
        for (var i = 0; i < requests; i++)
            target.Upstream.Begin(1);
    }
}
