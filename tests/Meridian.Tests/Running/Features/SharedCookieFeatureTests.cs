using Meridian.Fleet;
using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Tests.Running.Features;

/// <summary>A client's cookie from one node is good at all.</summary>
public sealed class SharedCookieFeatureTests : IAsyncDisposable
{
    private static readonly byte[] Client = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] Address = [192, 0, 2, 1];

    private readonly MemoryCluster _cluster = new();
    private readonly List<SharedNode> _nodes = [];

    public SharedCookieFeatureTests()
    {
        var store = _cluster.Connect();
        store.Start(_ => { }, () => { });
        _ = store.CommitAsync(new SharedTransaction([StoreFormat.First]), default);
    }

    [Fact]
    public async Task A_cookie_of_one_node_is_good_at_another_all_day_long_and_through_rolls()
    {
        var (one, other) = (Add(), Add());
        await one.UntilAsync(() => _cluster.Current.Entries.ContainsKey(FleetKeys.Cookies));
        var first = _cluster.Current.Entries[FleetKeys.Cookies].Value;
        await SettleAsync();

        for (var i = 0; i < 60; i++)
        {
            // Each node in turn is the one that makes the cookie, and the one whose clock strikes first.
            var (maker, checker) = i % 2 == 0 ? (one, other) : (other, one);
            var cookie = Make(maker);
            await maker.TickAsync(TimeSpan.FromMinutes(30));
            await SettleAsync();
            await checker.TickAsync(TimeSpan.FromMinutes(30));
            await SettleAsync();
            Assert.True(IsGood(checker, cookie), $"round {i}");
            Assert.True(IsGood(maker, cookie), $"round {i}");
        }

        Assert.NotEqual(first, _cluster.Current.Entries[FleetKeys.Cookies].Value);
    }

    [Fact]
    public async Task With_the_store_away_the_secrets_stay()
    {
        var (one, other) = (Add(), Add());
        await one.UntilAsync(() => _cluster.Current.Entries.ContainsKey(FleetKeys.Cookies));
        await SettleAsync();
        one.Store.Cut();
        await one.TickAsync(TimeSpan.FromDays(3));
        Assert.Null(one.Cookies.Refresh());
        other.World.Time.Advance(TimeSpan.FromDays(3));

        Assert.True(IsGood(one, Make(other)));
    }

    [Fact]
    public async Task A_node_whose_secrets_are_in_a_file_keeps_those()
    {
        using var folder = new TestFolder();
        var node = new SharedNode(_cluster, cookieFile: folder.Write("cookies", new string('a', 32))).Follow();
        _nodes.Add(node);
        var other = Add();
        await other.UntilAsync(() => _cluster.Current.Entries.ContainsKey(FleetKeys.Cookies));
        await SettleAsync();

        Assert.False(IsGood(node, Make(other)));
        Assert.True(IsGood(node, Make(node)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private SharedNode Add()
    {
        var node = new SharedNode(_cluster, $"n{_nodes.Count}").Follow();
        _nodes.Add(node);
        return node;
    }

    private async Task SettleAsync()
    {
        foreach (var node in _nodes)
            await node.World.SettleAsync();
    }

    private static byte[] Make(SharedNode node)
    {
        var cookie = new byte[16];
        node.Cookies.Jar.Make(Client, Address, node.World.Time.GetUtcNow(), cookie);
        return cookie;
    }

    private static bool IsGood(SharedNode node, byte[] cookie) =>
        node.Cookies.Jar.IsGood(Client, cookie, Address, node.World.Time.GetUtcNow(), out _);
}
