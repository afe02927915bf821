using Meridian.State.Shared;
using Meridian.State.Tests.Support;

namespace Meridian.State.Tests.Shared;

/// <summary>What every store that nodes share does, whatever is behind it.</summary>
public abstract class SharedStoreContract : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TestTime.Limit(5);

    private readonly List<StoreRecorder> _nodes = [];

    /// <summary>A store of one more node, not yet started.</summary>
    protected abstract ISharedStore Connect();

    public abstract ValueTask InitializeAsync();

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            Assert.Null(node.OrderFault);
            await node.Store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_write_is_seen_by_every_node_at_the_revision_it_was_committed_at()
    {
        var (a, b) = (await StartAsync(), await StartAsync());

        var revision = await CommittedAsync(a, new SharedWrite("overrides/site/fra", "{\"state\":\"down\"} ✓"));

        foreach (var node in _nodes)
        {
            await node.UntilAsync("overrides/site/fra", "{\"state\":\"down\"} ✓");
            var entry = node.Store.Current.Entries["overrides/site/fra"];
            Assert.Equal((revision, revision), (entry.Created, entry.Modified));
        }

        Assert.NotEqual(a.Store.Session, b.Store.Session);
    }

    [Fact]
    public async Task A_second_write_keeps_the_revision_at_which_the_key_was_made()
    {
        var node = await StartAsync();
        var first = await CommittedAsync(node, new SharedWrite("k", "1"));
        var second = await CommittedAsync(node, new SharedWrite("k", "2"));

        await node.UntilAsync("k", "2");

        Assert.Equal(new SharedEntry("k", "2", first, second), node.Store.Current.Entries["k"]);
        Assert.True(second > first);
    }

    [Fact]
    public async Task A_condition_that_is_not_met_writes_nothing()
    {
        var node = await StartAsync();
        var revision = await CommittedAsync(node, new SharedWrite("k", "1"));
        var stale = new SharedTransaction([new SharedWrite("k", "2"), new SharedWrite("other", "2")])
        {
            Conditions = [new SharedCondition("k", revision - 1)],
        };

        Assert.IsType<SharedOutcome.Conflict>(await node.Store.CommitAsync(stale, Limit));
        Assert.IsType<SharedOutcome.Committed>(await node.Store.CommitAsync(
            stale with { Conditions = [new SharedCondition("k", revision), new SharedCondition("other", 0)] }, Limit));

        await node.UntilAsync("other", "2");
        Assert.Equal("2", node.Value("k"));
    }

    [Fact]
    public async Task A_condition_that_a_key_is_absent_lets_one_of_two_nodes_have_it()
    {
        var (a, b) = (await StartAsync(), await StartAsync());
        var outcomes = await Task.WhenAll(new[] { a, b }.Select((n, i) => n.Store.CommitAsync(
            new SharedTransaction([new SharedWrite("leader/dns", $"{i}", Leased: true)])
            {
                Conditions = [new SharedCondition("leader/dns", 0)],
            }, Limit)));

        Assert.Single(outcomes.OfType<SharedOutcome.Committed>());
        Assert.Single(outcomes.OfType<SharedOutcome.Conflict>());
    }

    [Fact]
    public async Task All_writes_of_a_transaction_come_with_one_revision()
    {
        var node = await StartAsync();
        await CommittedAsync(node, new SharedWrite("gone", "1"));
        var writes = Enumerable.Range(0, SharedTransaction.MaxWrites - 1)
            .Select(i => new SharedWrite($"k/{i:00}", $"{i}")).Append(new SharedWrite("gone", null)).ToArray();

        var revision = await CommittedAsync(node, writes);

        await node.UntilAsync("k/00", "0");
        Assert.Equal(SharedTransaction.MaxWrites - 1, node.Store.Current.Entries.Count);
        Assert.All(node.Store.Current.Entries.Values, e => Assert.Equal(revision, e.Modified));
    }

    [Fact]
    public async Task A_deletion_of_what_is_not_there_is_done()
    {
        var node = await StartAsync();

        await CommittedAsync(node, new SharedWrite("none", null), new SharedWrite("k", "1"));

        await node.UntilAsync("k", "1");
        Assert.Single(node.Store.Current.Entries);
    }

    [Fact]
    public async Task Leased_keys_go_with_the_node_that_wrote_them()
    {
        var (a, b) = (await StartAsync(), await StartAsync());
        await CommittedAsync(a, new SharedWrite("nodes/a", "1", Leased: true), new SharedWrite("records/a", "1"));
        await CommittedAsync(a, new SharedWrite("taken", "1", Leased: true));
        await CommittedAsync(b, new SharedWrite("nodes/b", "1", Leased: true), new SharedWrite("taken", "2"));
        await b.UntilAsync("nodes/a", "1");

        await a.Store.DisposeAsync();

        await b.UntilAsync("nodes/a", null);
        Assert.Equal(["nodes/b", "records/a", "taken"], b.Store.Current.Entries.Keys);
        Assert.IsType<SharedOutcome.Unavailable>(await a.Store.CommitAsync(
            new SharedTransaction([new SharedWrite("k", "1")]), Limit));
    }

    [Fact]
    public async Task A_node_that_comes_later_is_given_all_at_once()
    {
        var a = await StartAsync();
        await CommittedAsync(a, new SharedWrite("k", "1"), new SharedWrite("l", "1"));

        var b = await StartAsync();

        Assert.Equal(["k", "l"], b.Updates[0].Keys.Order());
        Assert.Equal(SharedSnapshot.Empty, b.Updates[0].Before);
        Assert.Null(b.Store.Trouble);
        Assert.Null(b.Store.Fault);
    }

    [Fact]
    public async Task An_empty_store_is_an_update_without_keys()
    {
        var node = await StartAsync();

        var update = Assert.Single(node.Updates);
        Assert.Empty(update.Keys);
        Assert.True(update.Now.Revision > 0);
    }

    [Fact]
    public async Task Before_it_is_started_it_knows_and_promises_nothing()
    {
        await using var store = Connect();

        Assert.Equal(SharedSnapshot.Empty, store.Current);
        Assert.False(store.IsAttached);
        Assert.Equal(0, store.Session);
        Assert.NotNull(store.Trouble);
        Assert.IsType<SharedOutcome.Unavailable>(await store.CommitAsync(
            new SharedTransaction([new SharedWrite("k", "1", Leased: true)]), TimeSpan.FromMilliseconds(200)));
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task What_no_store_takes_is_a_mistake_of_the_caller(string name)
    {
        await using var store = Connect();

        var e = await Assert.ThrowsAsync<ArgumentException>(() => store.CommitAsync(Transactions[name], Limit));

        Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Faulty() => [.. Transactions.Keys];

    private static readonly Dictionary<string, SharedTransaction> Transactions = new()
    {
        ["65 writes"] = new([.. Enumerable.Range(0, 65).Select(i => new SharedWrite($"{i}", ""))]),
        ["k is written twice"] = new([new SharedWrite("k", "1"), new SharedWrite("k", null)]),
        ["a key is empty"] = new([new SharedWrite("", "1")]),
        ["a key is longer"] = new([new SharedWrite(new string('k', SharedLimits.MaxKeyBytes + 1), "1")]),
        ["octets; 1048576 are the most"] = new([new SharedWrite("k", new string('x', SharedLimits.MaxBytes))]),
        ["65 conditions"] = new([new SharedWrite("k", "1")])
        {
            Conditions = [.. Enumerable.Range(0, 65).Select(i => new SharedCondition($"{i}", 0))],
        },
    };

    private async Task<StoreRecorder> StartAsync()
    {
        var node = new StoreRecorder(Connect());
        _nodes.Add(node);
        await node.UntilAttachedAsync();
        return node;
    }

    private static async Task<long> CommittedAsync(StoreRecorder node, params SharedWrite[] writes)
    {
        var outcome = await node.Store.CommitAsync(new SharedTransaction([.. writes]), Limit);
        Assert.True(outcome is SharedOutcome.Committed, $"{outcome}; {node}");
        return ((SharedOutcome.Committed)outcome).Revision;
    }
}
