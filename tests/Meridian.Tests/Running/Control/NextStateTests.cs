using System.Net;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model.Records;
using Meridian.Running.Control;
using Meridian.Running.Features;

namespace Meridian.Tests.Running.Control;

public sealed class NextStateTests
{
    private static readonly DnsName Org = DnsName.Parse("example.org");
    private static readonly DnsName Com = DnsName.Parse("example.com");

    [Fact]
    public async Task A_steered_name_that_an_update_has_taken_before_leaves_its_zone_as_it_was_and_the_others_go_on()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        Assert.Null(await UpdateAsync(world, "foo.example.org"));

        var (a, foo) = (World.Endpoint("a", "10.0.0.9"), World.Endpoint("foo", "10.0.0.2"));
        await ConfigureAsync(world, a, foo);

        var state = world.Loop.State;
        var (origin, failure) = Assert.Single(state.ZoneFailures);
        Assert.Equal((Org, true), (origin, failure.IsKept));
        Assert.Contains("foo.example.org", failure.Faults[0].Message);
        Assert.Equal(failure.Faults[0], Assert.Single(state.Faults));
        Assert.True(state.Zones.Find(Com.Canonical)!.IsLoaded);
        Assert.True(state.Zones.Find(Org.Canonical)!.IsLoaded);
        Assert.Equal("10.0.0.9", state.Table.Find("a.example.org")!.AllPools.First().Addresses[0].Shape.Value);

        await ConfigureAsync(world, a); // taken back
        Assert.Empty(world.Loop.State.Faults);
    }

    [Fact]
    public async Task At_a_start_such_a_zone_has_no_last_good_data_and_fails_alone()
    {
        await using var world = new World(World.Endpoint("foo", "10.0.0.2"));
        var data = ZoneData.Empty.WithSets(Org, [Set("foo.example.org")]);

        world.Loop.Start(world, [], new Change("start", inputs => inputs with { Zones = data }));

        var state = world.Loop.State;
        Assert.False(Assert.Single(state.ZoneFailures).Value.IsKept);
        Assert.False(state.Zones.Find(Org.Canonical)!.IsLoaded);
        Assert.True(state.Zones.Find(Com.Canonical)!.IsLoaded);
        Assert.NotNull(state.Table.Find("foo.example.org"));
    }

    [Fact]
    public async Task An_update_of_a_steered_name_is_refused_and_the_zone_stays()
    {
        await using var world = new World(World.Endpoint("foo", "10.0.0.2")).Start();
        var before = world.Loop.State;

        var refusal = await UpdateAsync(world, "foo.example.org");

        Assert.Contains("foo.example.org", refusal);
        Assert.Same(before, world.Loop.State);
    }

    [Fact]
    public async Task An_update_compiles_its_own_zone_alone()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var before = world.Loop.State;

        Assert.Null(await UpdateAsync(world, "new.example.org"));

        var now = world.Loop.State;
        Assert.Same(before.Table, now.Table);
        Assert.Same(before.Handle, now.Handle);
        Assert.Same(before.Zones.Find(Com.Canonical), now.Zones.Find(Com.Canonical));
        Assert.NotSame(before.Zones.Find(Org.Canonical), now.Zones.Find(Org.Canonical));
    }

    [Fact]
    public async Task What_changes_no_name_changes_no_zone()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var before = world.Loop.State;

        // A name of a flattened pool has resolved.
        Assert.Null(await world.Loop.SubmitAsync(new Change("resolved", inputs => inputs)).WaitAsync(World.Limit));

        Assert.Same(before.Zones, world.Loop.State.Zones);
        Assert.Same(before.Handle, world.Loop.State.Handle);
        Assert.Same(world.Loop.State.Table, before.Handle.Current);
    }

    [Fact]
    public async Task What_resources_are_made_of_is_put_together_again_only_where_it_changed()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var owner = new RecordOwner("client", null, TimeSpan.FromHours(1), world.Time.GetUtcNow(),
            [new ClientRecord { DnsName = "x.example.com", RecordType = "A", Targets = ["10.0.0.9"] }]);
        await world.Loop.SubmitAsync(new Change("records",
            inputs => inputs with { Owners = inputs.Owners.SetItem(owner.Id, owner) })).WaitAsync(World.Limit);
        var before = world.Loop.State.Resources;

        await world.Loop.SubmitAsync(NameFeature.Resolved).WaitAsync(World.Limit);

        Assert.Same(before, world.Loop.State.Resources);
    }

    [Fact]
    public async Task Records_of_a_client_change_their_own_zone_alone()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var before = world.Loop.State;
        var owner = new RecordOwner("client", null, TimeSpan.FromMinutes(10), world.Time.GetUtcNow(),
            [new ClientRecord { DnsName = "txt.example.org", RecordType = "TXT", Targets = ["hello"] }]);

        Assert.Null(await world.Loop.SubmitAsync(new Change("records",
            inputs => inputs with { Owners = inputs.Owners.SetItem(owner.Id, owner) })).WaitAsync(World.Limit));

        var now = world.Loop.State;
        Assert.Same(before.Zones.Find(Com.Canonical), now.Zones.Find(Com.Canonical));
        Assert.NotSame(before.Zones.Find(Org.Canonical), now.Zones.Find(Org.Canonical));
    }

    [Fact]
    public async Task A_new_endpoint_gives_all_zones_a_new_handle()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var before = world.Loop.State;

        await ConfigureAsync(world, World.Endpoint("0", "10.0.0.2"), World.Endpoint("a", "10.0.0.1"));

        Assert.NotSame(before.Handle, world.Loop.State.Handle);
        Assert.NotSame(before.Handle.Current, world.Loop.State.Table); // who holds the old zones meets the old table
    }

    [Fact]
    public async Task A_zone_that_cannot_be_compiled_by_itself_keeps_its_last_good_data_until_it_can()
    {
        await using var world = new World(World.Endpoint("foo", "10.0.0.2")).Start();
        var before = world.Loop.State;

        Assert.Null(await world.Loop.SubmitAsync(Update("foo.example.org")).WaitAsync(World.Limit));

        Assert.True(Assert.Single(world.Loop.State.ZoneFailures).Value.IsKept);
        Assert.Same(before.Zones.Find(Org.Canonical), world.Loop.State.Zones.Find(Org.Canonical));

        Assert.Null(await world.Loop.SubmitAsync(new Change("taken back",
            inputs => inputs with { Zones = ZoneData.Empty })
        { Zone = Org }).WaitAsync(World.Limit));

        Assert.Empty(world.Loop.State.ZoneFailures);
    }

    [Fact]
    public async Task A_zone_without_good_data_that_still_cannot_be_compiled_fails_on()
    {
        await using var world = new World(World.Endpoint("foo", "10.0.0.2"));
        var data = ZoneData.Empty.WithSets(Org, [Set("foo.example.org")]);
        world.Loop.Start(world, [], new Change("start", inputs => inputs with { Zones = data }));

        Assert.Null(await world.Loop.SubmitAsync(Update("bar.example.org")).WaitAsync(World.Limit));

        Assert.False(Assert.Single(world.Loop.State.ZoneFailures).Value.IsKept);
        Assert.False(world.Loop.State.Zones.Find(Org.Canonical)!.IsLoaded);
    }

    [Fact]
    public async Task A_change_of_a_zone_that_is_not_configured_changes_no_other()
    {
        await using var world = new World(World.Endpoint("a", "10.0.0.1")).Start();
        var before = world.Loop.State;

        Assert.Null(await world.Loop.SubmitAsync(Update("www.example.net") with { Zone = DnsName.Parse("example.net") })
            .WaitAsync(World.Limit));

        Assert.Same(before.Zones, world.Loop.State.Zones);
        Assert.Empty(world.Loop.State.ZoneFailures);
    }

    [Fact]
    public async Task Warnings_of_a_zone_stand_as_long_as_what_they_warn_of()
    {
        var net = DnsName.Parse("example.net");
        await using var world = new World(TestYaml.Part("Zone", "net",
            "{origin: example.net, primaries: [{address: 192.0.2.1}]}"));
        world.Loop.Start(world, [], new Change("start", inputs => inputs with { Zones = Given(30) }));
        Assert.Equal([net], world.Loop.State.ZoneWarnings.Keys); // and no zone without a warning

        Assert.Null(await ChangeAsync(Given(60)));
        Assert.Empty(world.Loop.State.ZoneWarnings);

        Assert.Null(await ChangeAsync(Given(30)));
        Assert.Contains("differ in TTL", Assert.Single(world.Loop.State.ZoneWarnings[net]).Message);

        ZoneData Given(int ttl) => ZoneData.Empty.WithTransfer(net, MasterFile.Read("f", "@ 60 SOA ns h 1 1 1 1 1\n"
            + $"@ 60 NS ns\nns 60 A 192.0.2.1\nns {ttl} A 192.0.2.2\n", net, _ => null).Records);

        Task<ChangeRefusal?> ChangeAsync(ZoneData data) => world.Loop.SubmitAsync(
            new Change("data", inputs => inputs with { Zones = data }) { Zone = net }).WaitAsync(World.Limit);
    }

    private static async Task ConfigureAsync(World world, params string[] endpoints)
    {
        var loaded = world.Read(endpoints);
        Assert.Null(await world.Loop.SubmitAsync(
            new Change("configuration", inputs => inputs with { Configuration = loaded })).WaitAsync(World.Limit));
    }

    private static async Task<string?> UpdateAsync(World world, string name) =>
        (await world.Loop.SubmitAsync(Update(name) with
        {
            Refuse = prepared => prepared.ZoneFailures.GetValueOrDefault(Org)?.Faults[0].Message,
        }).WaitAsync(World.Limit))?.Reason;

    private static Change Update(string name) =>
        new("update", inputs => inputs with { Zones = inputs.Zones.WithSets(Org, [Set(name)]) }) { Zone = Org };

    private static RecordSet Set(string name) => new(DnsName.Parse(name), RecordType.A, 60,
        [IPAddress.Parse("10.9.9.9").GetAddressBytes()]);
}
