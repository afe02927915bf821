using Meridian.Dns.Wire;
using Meridian.Model;
using Meridian.Running.Control;
using Meridian.Steering;

namespace Meridian.Tests.Running.Control;

public sealed class ZoneReuseTests
{
    private static readonly string Endpoint = World.Endpoint("a", "10.0.0.1");
    private static readonly Fault Fault = new(new Location("f", 1, 1), "fault");

    [Fact]
    public async Task Zones_serve_on_where_nothing_that_they_hold_has_changed()
    {
        await using var world = new World(Endpoint).Start();
        var state = world.Loop.State;
        Assert.True(ZoneReuse.IsPossible(state, state.Resources, state.Inputs, state.Table));
    }

    [Fact]
    public async Task What_is_faulty_is_compiled_again_each_time()
    {
        await using var world = new World(Endpoint).Start();
        var state = world.Loop.State;
        var zone = state with
        {
            ZoneFailures = state.ZoneFailures.Add(DnsName.Parse("example.org"), new ZoneFailure([Fault], IsKept: true)),
        };
        Assert.False(ZoneReuse.IsPossible(zone, state.Resources, state.Inputs, state.Table));
        Assert.False(ZoneReuse.IsPossible(state with { KeyFaults = [Fault] }, state.Resources, state.Inputs,
            state.Table));
    }

    [Fact]
    public async Task Another_configuration_and_other_data_of_zones_are_compiled()
    {
        await using var world = new World(Endpoint).Start();
        var state = world.Loop.State;
        var (configuration, data) = (world.Read(Endpoint), ZoneData.Empty.WithSets(DnsName.Parse("example.org"), []));
        Assert.False(ZoneReuse.IsPossible(state, state.Resources,
            state.Inputs with { Configuration = configuration }, state.Table));
        Assert.False(ZoneReuse.IsPossible(state, state.Resources, state.Inputs with { Zones = data }, state.Table));
        Assert.False(ZoneReuse.IsPossible(state, ResourceSet.Empty, state.Inputs, state.Table));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.9", true)] // addresses are in the table alone
    [InlineData("a.example.org", "b.example.org", false)]
    [InlineData("policy:", "enabled: false, policy:", false)]
    [InlineData("policy:", "https: {}, policy:", false)]
    [InlineData("value: 10.0.0.1", "value: www.example.net", false)] // a CNAME is in the zone
    [InlineData("policy:", "whenAllDown: Fallback, fallback: {addresses: [www.example.net]}, policy:", false)]
    public async Task Zones_serve_on_under_a_table_with_the_same_names(string old, string now, bool expected)
    {
        await using var world = new World(Endpoint).Start();
        var state = world.Loop.State;
        var table = Table(world, Endpoint.Replace(old, now, StringComparison.Ordinal));
        Assert.Equal(expected, ZoneReuse.IsPossible(state, state.Resources, state.Inputs, table));
    }

    [Fact]
    public async Task An_endpoint_more_or_less_is_compiled_and_so_is_another_beside_one_that_is_the_same()
    {
        var (b, c) = (World.Endpoint("b", "10.0.0.2"), World.Endpoint("c", "10.0.0.3"));
        await using var world = new World(Endpoint, b).Start();
        var state = world.Loop.State;
        string[][] others = [[Endpoint], [Endpoint, b, c], [Endpoint, c]];
        Assert.All(others, endpoints => Assert.False(
            ZoneReuse.IsPossible(state, state.Resources, state.Inputs, Table(world, endpoints))));
    }

    private static SteeringTable Table(World world, params string[] endpoints) => world.Prepare(world.Loop.State,
        world.Loop.State.Inputs with { Configuration = world.Read(endpoints) }, null).Table!;
}
