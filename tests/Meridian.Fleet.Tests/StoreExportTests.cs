using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Fleet.Tests;

/// <summary>What stands in a store for good can be taken out, and put into another.</summary>
public sealed class StoreExportTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_stands_for_good_is_exported_and_what_nodes_see_is_not()
    {
        var (cluster, store) = Connect();
        await WriteAsync(store, StoreFormat.First, new("overrides/site/fra", "{}"), new("known/n1", "{}"),
            new("nodes/n1", "{}"), new("coverage/n1", "{}"), new("claims/n1/t", "{}"), new("groups/n1/fra", "{}"),
            new(FleetKeys.Publisher("example.org"), "{}"));

        var export = StoreExport.Of(cluster.Current, Start);

        Assert.Equal(["format", "known/n1", "overrides/site/fra"], export.Keys.Keys);
        var read = StoreExport.Parse(export.ToText());
        Assert.Equal((export.Revision, export.Exported), (read.Revision, read.Exported));
        Assert.Equal(export.Keys, read.Keys);
    }

    [Fact]
    public async Task A_store_that_is_empty_holds_what_was_exported_afterwards()
    {
        var (old, first) = Connect();
        await WriteAsync(first, [StoreFormat.First,
            .. Enumerable.Range(0, 40).Select(i => new SharedWrite($"overrides/site/s{i}", "{}"))]);
        await WriteAsync(first, [.. Enumerable.Range(0, 60).Select(i => new SharedWrite($"known/n{i}", "\"ü\""))]);
        var export = StoreExport.Of(old.Current, Start);
        var (cluster, store) = Connect();

        await ImportAsync(export, cluster, store);

        Assert.Equal(export.Keys, StoreExport.Of(cluster.Current, Start).Keys);
        Assert.Empty(export.From(cluster.Current));
    }

    [Fact]
    public async Task What_was_not_there_goes_and_what_nodes_say_stays()
    {
        var (cluster, store) = Connect();
        await WriteAsync(store, StoreFormat.First, new("overrides/site/fra", "old"));
        var export = StoreExport.Of(cluster.Current, Start);
        await WriteAsync(store, new("overrides/site/fra", "new"), new("overrides/site/sin", "{}"),
            new("nodes/n1", "{}"));

        await ImportAsync(export, cluster, store);

        Assert.Equal(["format", "nodes/n1", "overrides/site/fra"], cluster.Current.Entries.Keys);
        Assert.Equal("old", cluster.Current.Entries["overrides/site/fra"].Value);
    }

    [Fact]
    public async Task Nothing_is_written_over_what_somebody_has_changed_meanwhile()
    {
        var (cluster, store) = Connect();
        await WriteAsync(store, StoreFormat.First, new("overrides/site/fra", "old"));
        var export = StoreExport.Of(cluster.Current, Start);
        await WriteAsync(store, new SharedWrite("overrides/site/fra", "new"));
        var transaction = Assert.Single(export.From(cluster.Current));
        await WriteAsync(store, new SharedWrite("overrides/site/fra", "newest"));

        Assert.IsType<SharedOutcome.Conflict>(await store.CommitAsync(transaction, default));
        Assert.Equal("newest", cluster.Current.Entries["overrides/site/fra"].Value);
    }

    [Fact]
    public void What_is_too_much_for_one_transaction_is_several()
    {
        var large = new string('x', 400_000);
        var keys = StoreExport.Of(SharedSnapshot.Empty, Start).Keys.Add(StoreFormat.First.Key, StoreFormat.First.Value!)
            .Add("overrides/a", large).Add("overrides/b", large).Add("overrides/c", large);
        var export = new StoreExport(1, Start, keys);

        var transactions = export.From(SharedSnapshot.Empty);

        Assert.True(transactions.Length > 1);
        Assert.All(transactions, t => Assert.Null(SharedLimits.FaultOf(t)));
        Assert.Equal(4, transactions.Sum(t => t.Writes.Length));
    }

    [Theory]
    [InlineData("", "it is no export of a shared store")]
    [InlineData("{}", "it is no export of a shared store")]
    [InlineData("{\"keys\":{\"overrides/site/fra\":\"{}\"}}", "it is no export of a shared store")]
    [InlineData("{\"keys\":{\"format\":\"{}\",\"nodes/n1\":\"{}\"}}",
        "it has the key nodes/n1, which no export has")]
    [InlineData("{\"keys\":{\"format\":null}}", "it has the key format, which no export has")]
    [InlineData("{\"keys\":{\"format\":\"{\\\"min\\\":2,\\\"max\\\":2}\"}}",
        "the shared store has format 2, and this version of Meridian writes 1; upgrade it")]
    public void What_is_no_export_is_refused(string text, string reason) =>
        Assert.Equal(reason, Assert.Throws<FormatException>(() => StoreExport.Parse(text)).Message);

    private static async Task ImportAsync(StoreExport export, MemoryCluster cluster, MemoryStore store)
    {
        foreach (var transaction in export.From(cluster.Current))
            Assert.IsType<SharedOutcome.Committed>(await store.CommitAsync(transaction, default));
    }

    private static async Task WriteAsync(MemoryStore store, params SharedWrite[] writes) =>
        Assert.IsType<SharedOutcome.Committed>(await store.CommitAsync(new SharedTransaction([.. writes]), default));

    private static (MemoryCluster, MemoryStore) Connect()
    {
        var cluster = new MemoryCluster();
        var store = cluster.Connect();
        store.Start(_ => { }, () => { });
        return (cluster, store);
    }
}
