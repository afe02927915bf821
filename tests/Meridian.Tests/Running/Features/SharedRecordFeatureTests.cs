using System.Collections.Immutable;
using Meridian.Api.Access;
using Meridian.Fleet;
using Meridian.Model.Records;
using Meridian.Model.Resources;
using Meridian.State.Shared;
using Meridian.Testing.Shared;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running.Features;

/// <summary>Records that a client gives to one node are served by all.</summary>
public sealed class SharedRecordFeatureTests : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private readonly MemoryCluster _cluster = new();
    private readonly List<SharedNode> _nodes = [];

    public SharedRecordFeatureTests()
    {
        var store = _cluster.Connect();
        store.Start(_ => { }, () => { });
        _ = store.CommitAsync(new SharedTransaction([StoreFormat.First]), default);
    }

    [Fact]
    public async Task What_a_client_writes_to_one_node_all_serve_and_keep_on_their_disks()
    {
        var (one, other) = (Add().Follow(), Add().Follow());

        Assert.Null(await ChangeAsync(one, Create("app", "db")));
        Assert.Equal(["app.example.org", "db.example.org"], one.Served("hk"));
        await other.UntilAsync(() => other.Served("hk").SequenceEqual(["app.example.org", "db.example.org"]));
        await other.UntilAsync(() => other.Owners["hk"].Records.Length == 2 && one.Owners["hk"].Records.Length == 2);

        Assert.Null(await ChangeAsync(other, new RecordChanges { Delete = [Record("app")] }));
        await one.UntilAsync(() => one.Served("hk").SequenceEqual(["db.example.org"]));
    }

    [Fact]
    public async Task Writes_of_one_client_at_several_nodes_at_once_all_hold()
    {
        var nodes = Enumerable.Range(0, 3).Select(_ => Add().Follow()).ToArray();

        var refusals = await Task.WhenAll(Enumerable.Range(0, 30)
            .Select(i => Task.Run(() => ChangeAsync(nodes[i % 3], Create($"n{i:00}")))));

        Assert.All(refusals, Assert.Null);
        foreach (var node in nodes)
            await node.UntilAsync(() => node.Served("hk").Count() == 30);
    }

    [Fact]
    public async Task With_the_store_away_a_change_is_refused_and_all_is_served_on()
    {
        var (one, other) = (Add().Follow(), Add().Follow());
        await ChangeAsync(one, Create("app"));
        await other.UntilAsync(() => other.Served("hk").Any());
        other.Store.Cut();

        Assert.Equal("the shared store did not take it: it is cut off", await ChangeAsync(other, Create("db")));
        Assert.Equal(["app.example.org"], other.Served("hk"));

        Assert.Null(await ChangeAsync(one, Create("db")));
        other.Store.Heal();
        await other.UntilAsync(() => other.Served("hk").Count() == 2);
    }

    [Fact]
    public async Task What_a_node_alone_had_before_is_taken_in_and_told()
    {
        var (alone, other) = (Add(Hk("app", "db")).Follow(), Add().Follow());
        await alone.World.SettleAsync();
        await alone.TickAsync();

        await other.UntilAsync(() => other.Served("hk").Count() == 2);
        await alone.UntilAsync(() => alone.History.Recent(9).Any(
            e => e.Message == "2 records of hk, which this node alone had, are in the shared store"));
        Assert.Equal(["app.example.org", "db.example.org"], alone.Served("hk"));
    }

    [Fact]
    public async Task A_change_at_a_node_that_alone_has_records_keeps_those_too()
    {
        var (alone, other) = (Add(Hk("app")).Follow(), Add().Follow());

        Assert.Null(await ChangeAsync(alone, Create("db")));

        await other.UntilAsync(() => other.Served("hk").Count() == 2);
        await alone.UntilAsync(() => alone.Served("hk").Count() == 2);
    }

    [Fact]
    public async Task Of_a_client_that_the_store_knows_its_records_count_and_what_a_node_had_besides_is_told()
    {
        var one = Add().Follow();
        await ChangeAsync(one, Create("app"));
        var joined = Add(Hk("app", "old")).Follow();

        await joined.UntilAsync(() => joined.Served("hk").SequenceEqual(["app.example.org"]));
        await joined.UntilAsync(() => joined.Aside.Contains("old.example.org TXT x", StringComparison.Ordinal));
        Assert.Contains(joined.History.Recent(9), e => e.Message == "the shared store knows hk and not all that this "
            + "node had of it; that is served no more: old.example.org TXT x");
    }

    [Fact]
    public async Task Leases_stand_still_while_the_store_is_away_and_a_sign_of_life_elsewhere_counts_here()
    {
        var (one, other) = (Add().Follow(), Add().Follow());
        await ChangeAsync(one, Create("app"));
        await other.UntilAsync(() => other.Records.Counts == (1, 0, 1));
        other.Store.Cut();
        await other.TickAsync();

        await other.TickAsync(TimeSpan.FromDays(2));
        Assert.Equal((1, 0, 1), other.Records.Counts);

        other.Store.Heal();
        await other.TickAsync();
        await other.TickAsync((Lease / 2) - TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0, 1), other.Records.Counts);
        await other.TickAsync(TimeSpan.FromSeconds(2));
        Assert.Equal((0, 1, 1), other.Records.Counts);

        one.World.Time.Advance(TimeSpan.FromMinutes(2));
        one.Records.Of(Client);
        await other.UntilAsync(() => other.Records.Counts == (1, 0, 1));
    }

    [Fact]
    public async Task A_client_that_is_heard_often_writes_once_a_minute()
    {
        var one = Add().Follow();
        await ChangeAsync(one, Create("app"));
        var writes = new HashSet<long>();
        for (var i = 0; i < 20; i++)
        {
            one.World.Time.Advance(TimeSpan.FromSeconds(10));
            one.Records.Of(Client);
            await one.World.SettleAsync();
            writes.Add(_cluster.Current.Entries[FleetKeys.Owner("hk")].Modified);
        }

        Assert.Equal(3, writes.Count); // the change's own and two more
    }

    [Fact]
    public async Task A_store_that_was_restored_from_a_backup_counts_although_its_revisions_are_lower()
    {
        var one = Add().Follow();
        for (var i = 0; i < 5; i++)
            await ChangeAsync(one, Create($"n{i}"));
        Assert.Equal(5, one.Served("hk").Count());

        // What a client of a store does then: it reads all of it again, at a lower revision.
        var entries = _cluster.Current.Entries.Remove(FleetKeys.Record("hk", "n4.example.org"));
        one.World.Loop.Post("restore", () => one.Parts.Records.Receive(new SharedSnapshot(2, entries),
            [FleetKeys.Record("hk", "n4.example.org")]));
        await one.World.SettleAsync();
        for (var i = 0; i < 4; i++)
            await one.TickAsync(TimeSpan.FromSeconds(3));

        await one.UntilAsync(() => one.Served("hk").Count() == 4);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private static Caller Client { get; } = new("hk", ApiGrant.None, null, null, Lease);

    private SharedNode Add(params ImmutableArray<RecordOwner> before)
    {
        var node = new SharedNode(_cluster, $"n{_nodes.Count}", before);
        _nodes.Add(node);
        return node;
    }

    private static async Task<string?> ChangeAsync(SharedNode node, RecordChanges changes) =>
        (await node.Records.ChangeAsync(Client, changes).WaitAsync(World.Limit))?.Reason;

    private static RecordOwner Hk(params string[] names) => new("hk", null, Lease,
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), [.. names.Select(Record)]);

    private static RecordChanges Create(params string[] names) => new() { Create = [.. names.Select(Record)] };

    private static ClientRecord Record(string name) =>
        new() { DnsName = $"{name}.example.org", RecordType = "TXT", Targets = ["x"] };
}
