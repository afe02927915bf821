using Meridian.State.Shared;
using Meridian.State.Tests.Etcd.Support;

namespace Meridian.State.Tests.Etcd;

/// <summary>A store that is not any more what it was.</summary>
public sealed class EtcdRestoreTests : EtcdTest
{
    [Fact]
    public async Task A_store_that_was_restored_as_another_cluster_replaces_nothing()
    {
        var member = await StartMemberAsync();
        var node = await StartNodeAsync(member.Address);
        await CommitAsync(node, "kept", "1");
        await member.ControlAsync("snapshot", "save", member.File("snapshot"));
        await CommitAsync(node, "later", "1");
        await node.UntilAsync("later", "1");

        await member.KillAsync();
        await member.RestoreAsync(member.File("snapshot"), "another-token");
        await member.StartAsync();

        await Wait.UntilAsync(() => node.Store.Fault is not null && !node.Store.IsAttached, node.ToString);
        Assert.Contains("another cluster", node.Store.Fault, StringComparison.Ordinal);
        Assert.Equal(["kept", "later"], node.Store.Current.Entries.Keys);
        Assert.Contains("another cluster", Assert.IsType<SharedOutcome.Unavailable>(
            await PutAsync(node, "lost", "1", seconds: 2)).Reason, StringComparison.Ordinal);
        Assert.Empty(await member.ControlAsync("get", Prefix + "lost"));

        var started = await StartNodeAsync(member.Address); // a node that is started anew takes what is there
        Assert.Equal(["kept"], started.Store.Current.Entries.Keys);
        Assert.Null(started.Store.Fault);
    }

    [Fact]
    public async Task A_store_of_the_same_cluster_that_went_back_is_listed_again_with_a_fault()
    {
        var member = await StartMemberAsync();
        var node = await StartNodeAsync(member.Address);
        await CommitAsync(node, "kept", "1");
        await member.ControlAsync("snapshot", "save", member.File("snapshot"));
        foreach (var value in (string[])["1", "2", "3"])
            await CommitAsync(node, "later", value);
        await node.UntilAsync("later", "3");

        await member.KillAsync();
        await member.RestoreAsync(member.File("snapshot"), "etcd-cluster"); // etcd's own token: the same cluster
        await member.StartAsync();

        await node.UntilAsync("later", null);
        Assert.Contains("went back", node.Store.Fault, StringComparison.Ordinal);
        await node.UntilAttachedAsync();
        for (var i = 0; i < 8; i++)
            await CommitAsync(node, "k", $"{i}");
        await node.UntilAsync("k", "7");
        Assert.Null(node.Store.Fault);
    }

    [Fact]
    public async Task Of_two_clusters_behind_two_endpoints_one_alone_is_used()
    {
        var (one, other) = (await StartMemberAsync(), await StartMemberAsync());
        await PutAsync(one, "k", "one");
        await PutAsync(other, "k", "other");
        var node = await StartNodeAsync(one.Address, other.Address);

        await one.KillAsync();
        await Wait.UntilAsync(() => node.Store.Fault is not null && !node.Store.IsAttached, node.ToString);
        Assert.Contains(other.Address, node.Store.Fault, StringComparison.Ordinal);
        Assert.IsType<SharedOutcome.Unavailable>(await PutAsync(node, "k", "2", seconds: 2));

        await one.StartAsync();
        await node.UntilAttachedAsync();
        Assert.Equal("one", node.Value("k"));
    }
}
