using Meridian.State.Shared;
using Meridian.State.Tests.Etcd.Support;

namespace Meridian.State.Tests.Etcd;

/// <summary>
/// What happens to a node whose way to etcd, or whose etcd, breaks: each case is one in which a client that is in wide
/// use loses events or its session.
/// </summary>
public sealed class EtcdOutageTests : EtcdTest
{
    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task What_was_written_while_etcd_was_restarted_is_seen(string signal)
    {
        var member = await StartMemberAsync();
        var node = await StartNodeAsync(member.Address);
        await CommitAsync(node, "before", "1");

        member.Signal(signal);
        await member.KillAsync();
        await member.StartAsync();
        await PutAsync(member, "after", "1");

        await node.UntilAsync("after", "1");
        Assert.Equal("1", node.Value("before"));
        Assert.Null(node.Store.Fault);
    }

    [Fact]
    public async Task What_was_written_during_a_cut_is_seen_after_it()
    {
        var (member, proxy, node) = await StartAsync();

        await proxy.CutAsync();
        await PutAsync(member, "k", "1");
        await Task.Delay(TimeSpan.FromSeconds(4));
        Assert.Null(node.Value("k"));
        proxy.Heal();

        await node.UntilAsync("k", "1");
    }

    [Fact]
    public async Task Deletions_are_seen_after_a_compaction_during_a_cut()
    {
        var (member, proxy, node) = await StartAsync();
        await CommitAsync(node, "gone", "1");
        await CommitAsync(node, "stays", "1");
        await node.UntilAsync("stays", "1");

        await proxy.CutAsync();
        foreach (var value in (string[])["1", "2", "3"])
            await PutAsync(member, "k", value);
        await DeleteAsync(member, "gone");
        await PutAsync(member, "last", "1");
        await CompactAsync(member);
        proxy.Heal();

        await node.UntilAsync("gone", null);
        await node.UntilAsync("k", "3");
        Assert.Equal(["k", "last", "stays"], node.Store.Current.Entries.Keys);
        await PutAsync(member, "k", "4");
        await node.UntilAsync("k", "4");
        Assert.Null(node.Store.Fault);
    }

    [Fact]
    public async Task A_deletion_to_whose_revision_the_store_was_compacted_is_seen()
    {
        var (member, proxy, node) = await StartAsync();
        foreach (var value in (string[])["1", "2", "3"])
            await CommitAsync(node, "gone", value);
        await node.UntilAsync("gone", "3");

        await proxy.CutAsync();
        await DeleteAsync(member, "gone");
        await CompactAsync(member);
        proxy.Heal();

        await node.UntilAsync("gone", null);
    }

    [Fact]
    public async Task A_connection_that_leads_nowhere_is_left()
    {
        var (member, proxy, node) = await StartAsync();

        proxy.Swallow(newOnesToo: false);
        await PutAsync(member, "k", "1");

        await node.UntilAsync("k", "1", seconds: 12);
    }

    [Fact]
    public async Task A_way_that_leads_nowhere_for_a_while_is_found_again()
    {
        var (member, proxy, node) = await StartAsync();

        proxy.Swallow(newOnesToo: true);
        await PutAsync(member, "k", "1");
        await Wait.UntilAsync(() => !node.Store.IsAttached, node.ToString);
        Assert.Contains("etcd at", node.Store.Trouble, StringComparison.Ordinal);
        await Wait.UntilAsync(() => node.Store.Session == 0, node.ToString);
        Assert.IsType<SharedOutcome.Unavailable>(await PutAsync(node, "l", "1", seconds: 2));
        proxy.Heal();

        await node.UntilAsync("k", "1", seconds: 12);
        await node.UntilAttachedAsync();
        Assert.Null(node.Store.Trouble);
    }

    [Fact]
    public async Task A_session_outlives_a_short_cut()
    {
        var (member, proxy, node) = await StartAsync();
        await CommitAsync(node, "nodes/a", "1", leased: true);
        await node.UntilAsync("nodes/a", "1");
        var session = node.Store.Session;

        await proxy.CutAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        proxy.Heal();
        await Task.Delay(TimeSpan.FromSeconds(12)); // longer than a lease that nobody keeps

        Assert.Equal(session, node.Store.Session);
        Assert.NotEmpty(await member.ControlAsync("get", Prefix + "nodes/a"));
        Assert.True(node.Store.IsAttached);
    }

    [Fact]
    public async Task A_long_cut_ends_the_session_here_no_later_than_there_and_another_follows()
    {
        var (member, proxy, node) = await StartAsync();
        await CommitAsync(node, "nodes/a", "1", leased: true);
        await node.UntilAsync("nodes/a", "1");
        var session = node.Store.Session;

        await proxy.CutAsync();
        await Wait.UntilAsync(async () =>
        {
            var isThere = (await member.ControlAsync("get", Prefix + "nodes/a")).Length > 0;
            Assert.True(isThere || node.Store.Session == 0, "the key has gone while the node believes in its session");
            return !isThere;
        }, node.ToString, 30);
        Assert.Equal("1", node.Value("nodes/a")); // what was read last stays
        proxy.Heal();

        await node.UntilAsync("nodes/a", null);
        await node.UntilAttachedAsync();
        Assert.NotEqual(session, node.Store.Session);
        await CommitAsync(node, "nodes/a", "2", leased: true);
    }

    [Fact]
    public async Task Without_etcd_nothing_throws_and_the_reason_is_told()
    {
        var node = Launch(new() { Endpoints = [$"127.0.0.1:{Ports.Free()}", "store.invalid:2379"] });

        var outcome = await PutAsync(node, "k", "1", seconds: 1);

        Assert.StartsWith("nothing was written: etcd at", Assert.IsType<SharedOutcome.Unavailable>(outcome).Reason,
            StringComparison.Ordinal);
        Assert.Contains("etcd at", node.Store.Trouble, StringComparison.Ordinal);
        Assert.Empty(node.Updates);
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_says_that_it_may_have_been_done()
    {
        var (_, proxy, node) = await StartAsync();
        await CommitAsync(node, "k", "1");

        proxy.Swallow(newOnesToo: true);
        var outcome = await PutAsync(node, "k", "2", seconds: 1);

        Assert.Contains("not known", Assert.IsType<SharedOutcome.Unavailable>(outcome).Reason,
            StringComparison.Ordinal);
        proxy.Heal();
        await Wait.UntilAsync(async () => await PutAsync(node, "k", "3") is SharedOutcome.Committed, node.ToString);
        await node.UntilAsync("k", "3");
    }

    [Fact]
    public async Task A_slow_way_is_no_cut()
    {
        var (member, proxy, node) = await StartAsync();
        var states = node.States.Length;

        proxy.Delay = TimeSpan.FromMilliseconds(150);
        await CommitAsync(node, "k", "1", leased: true);
        await node.UntilAsync("k", "1");
        await Task.Delay(TimeSpan.FromSeconds(11));

        Assert.Equal(states, node.States.Length);
        Assert.NotEmpty(await member.ControlAsync("get", Prefix + "k"));
    }

    [Fact]
    public async Task An_end_takes_five_seconds_at_most_whatever_etcd_does()
    {
        var (_, proxy, node) = await StartAsync();
        proxy.Swallow(newOnesToo: true);

        await node.Store.DisposeAsync().AsTask().WithinAsync(5);
    }
}
