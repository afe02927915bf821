using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Fleet;
using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Tests.Running.Features;

/// <summary>A dynamic update that one node takes is served by all.</summary>
public sealed class SharedUpdateFeatureTests : IAsyncDisposable
{
    private readonly MemoryCluster _cluster = new();
    private readonly List<SharedNode> _nodes = [];

    public SharedUpdateFeatureTests()
    {
        var store = _cluster.Connect();
        store.Start(_ => { }, () => { });
        _ = store.CommitAsync(new SharedTransaction([StoreFormat.First]), default);
    }

    [Fact]
    public async Task An_update_at_one_node_is_served_by_all_and_on_their_disks()
    {
        var (one, other) = (Add().Follow(), Add().Follow());

        Assert.Equal("done", await one.UpdateAsync("app.example.org.", "10.0.0.7"));
        Assert.Equal("10.0.0.7", one.Answer("app.example.org."));
        await other.UntilAsync(() => other.Answer("app.example.org.") == "10.0.0.7");
        await other.UntilAsync(() => other.OnDisk.SequenceEqual(["app.example.org."])
            && one.OnDisk.SequenceEqual(["app.example.org."]));
    }

    [Fact]
    public async Task Of_two_updates_at_two_nodes_that_exclude_each_other_one_alone_is_done()
    {
        var nodes = Enumerable.Range(0, 3).Select(_ => Add().Follow()).ToArray();
        for (var round = 0; round < 10; round++)
        {
            var name = $"n{round}.example.org.";
            var codes = await Task.WhenAll(nodes.Select((node, i) =>
                Task.Run(() => node.UpdateAsync(name, $"10.0.1.{i}"))));

            Assert.Equal(["done", "exists", "exists"], codes.Order());
            var winner = $"10.0.1.{Array.IndexOf(codes, "done")}";
            foreach (var node in nodes)
                await node.UntilAsync(() => node.Answer(name) == winner);
        }
    }

    [Fact]
    public async Task Updates_at_all_nodes_at_once_are_all_kept()
    {
        var nodes = Enumerable.Range(0, 3).Select(_ => Add().Follow()).ToArray();

        // One after the other at each node, as the server does it.
        await Task.WhenAll(nodes.Select((node, n) => Task.Run(async () =>
        {
            for (var i = 0; i < 8; i++)
                Assert.Equal("done", await node.UpdateAsync($"n{n}-{i}.example.org.", "10.0.0.7"));
        })));

        foreach (var node in nodes)
            await node.UntilAsync(() => node.OnDisk.Count() == 24 && node.Answer("n2-7.example.org.") == "10.0.0.7");
    }

    [Fact]
    public async Task With_the_store_away_an_update_fails_and_all_is_served_on()
    {
        var one = Add().Follow();
        await one.UpdateAsync("app.example.org.", "10.0.0.7");
        one.Store.Cut();

        Assert.Equal("failed", await one.UpdateAsync("db.example.org.", "10.0.0.8"));
        Assert.Equal(("10.0.0.7", ""), (one.Answer("app.example.org."), one.Answer("db.example.org.")));
    }

    [Fact]
    public async Task A_node_that_has_never_read_the_store_serves_its_copy_and_takes_no_update()
    {
        var one = Add(SharedNode.Set("app.example.org.", "10.0.0.7"));

        Assert.Equal("failed", await one.UpdateAsync("db.example.org.", "10.0.0.8"));
        Assert.Equal("10.0.0.7", one.Answer("app.example.org."));
    }

    [Fact]
    public async Task What_a_node_alone_had_before_is_taken_in_and_told()
    {
        var (alone, other) = (Add(SharedNode.Set("app.example.org.", "10.0.0.7")).Follow(), Add().Follow());
        await alone.World.SettleAsync();
        await alone.TickAsync();

        await other.UntilAsync(() => other.Answer("app.example.org.") == "10.0.0.7");
        await alone.UntilAsync(() => alone.History.Recent(9).Any(e => e.Message
            == "updates of example.org., which this node alone had, are in the shared store: 1 record sets"));
    }

    [Fact]
    public async Task Of_a_zone_that_the_store_knows_its_updates_count_and_what_a_node_had_besides_is_told()
    {
        var one = Add().Follow();
        await one.UpdateAsync("app.example.org.", "10.0.0.7");
        var joined = Add(SharedNode.Set("old.example.org.", "10.0.0.6")).Follow();

        await joined.UntilAsync(() => joined.Answer("app.example.org.") == "10.0.0.7");
        await joined.UntilAsync(() => joined.Answer("old.example.org.") == "");
        Assert.Contains(joined.History.Recent(9), e => e.Message == "the shared store knows updates of example.org. "
            + "and not all that this node had; that is served no more: old.example.org. 60 IN TYPE1 \\# 4 0a000006");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private SharedNode Add(params ImmutableArray<RecordSet> updates)
    {
        var node = new SharedNode(_cluster, $"n{_nodes.Count}", updates: updates);
        _nodes.Add(node);
        return node;
    }
}
