using Etcdserverpb;
using Google.Protobuf;
using Grpc.Net.Client;
using Meridian.State.Etcd;
using Meridian.State.Shared;
using Meridian.State.Tests.Etcd.Support;
using Meridian.State.Tests.Support;

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
    public async Task What_others_write_below_the_prefix_costs_nothing_more_than_itself()
    {
        var member = await StartMemberAsync("--max-request-bytes", "33554432");
        await PutAsync(member, "good", "1");
        await member.ControlAsync("put", "/meridian/v1/default2/k", "another cluster's");
        await member.ControlAsync("put", $"{Prefix}{new string('k', 2000)}", "too long a key");
        await BigAsync(member, "big", 1_200_000);
        await BigAsync(member, "huge", 20_000_000);

        var node = await StartNodeAsync(member.Address);

        Assert.Equal(["good"], node.Store.Current.Entries.Keys);
        Assert.Contains("2 of the store's keys", node.Store.Fault, StringComparison.Ordinal);
        await BigAsync(member, "good", 20_000_000);
        await node.UntilAsync("good", null);
        Assert.Contains("3 of the store's keys", node.Store.Fault, StringComparison.Ordinal);
        foreach (var key in (string[])["good", "big", "huge"])
            await PutAsync(member, key, "small");
        await node.UntilAsync("huge", "small");
        Assert.Equal(["big", "good", "huge"], node.Store.Current.Entries.Keys);
        Assert.Null(node.Store.Fault);
    }

    [Fact]
    public async Task Transactions_stay_whole_in_what_is_larger_than_a_message()
    {
        var (member, proxy, node) = await StartAsync();
        var other = await StartNodeAsync(member.Address);
        var value = new string('x', 15_000);

        await proxy.CutAsync();
        for (var i = 0; i < 6; i++)
            Assert.IsType<SharedOutcome.Committed>(await other.Store.CommitAsync(new SharedTransaction(
                [.. Enumerable.Range(0, 64).Select(k => new SharedWrite($"k/{k:00}", $"{i}{value}"))]),
                TestTime.Limit(5)));
        await CommitAsync(other, "last", "1");
        proxy.Heal();

        await node.UntilAsync("last", "1");
        Assert.All(node.Updates, u => Assert.True(
            u.Now.Entries.Where(e => e.Key.StartsWith("k/", StringComparison.Ordinal))
                .Select(e => e.Value.Modified).Distinct().Count() <= 1, $"half a transaction at {u.Now.Revision}"));
        Assert.Equal(other.Store.Current.Entries, node.Store.Current.Entries);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task After_many_faults_of_the_way_every_node_holds_what_the_store_holds(int seed)
    {
        var (member, proxy, node) = await StartAsync();
        var writer = await StartNodeAsync(member.Address);
        var chance = new Random(seed);

        for (var round = 0; round < 40; round++)
        {
            var value = chance.Next(5) == 0 ? null : $"{round}";
            Assert.IsType<SharedOutcome.Committed>(await writer.Store.CommitAsync(new SharedTransaction(
                [new SharedWrite($"k/{chance.Next(8)}", value)]), TestTime.Limit(5)));
            switch (chance.Next(8))
            {
                case 0: await proxy.CutAsync(); break;
                case 1: proxy.Break(); break;
                case 2: proxy.Swallow(newOnesToo: chance.Next(2) == 0); break;
                case 3: await CompactAsync(member); break;
                default: proxy.Heal(); break;
            }

            await Task.Delay(chance.Next(300));
        }

        proxy.Heal();
        await CommitAsync(writer, "end", $"{seed}");
        await node.UntilAsync("end", $"{seed}");
        await writer.UntilAsync("end", $"{seed}");
        Assert.Equal(writer.Store.Current.Entries, node.Store.Current.Entries);
        Assert.Null(node.Store.Fault);
    }

    [Fact]
    public async Task A_new_list_every_so_often_is_not_noticed_where_nothing_was_lost()
    {
        var member = await StartMemberAsync();
        var node = await StartNodeAsync(
            new EtcdOptions { Endpoints = [member.Address], RefreshEvery = TimeSpan.FromMilliseconds(200) });
        var states = node.States.Length;

        for (var i = 0; i < 60; i++)
        {
            await CommitAsync(node, "k", $"{i}");
            await Task.Delay(50);
        }

        await node.UntilAsync("k", "59");
        Assert.Equal(states, node.States.Length);
        Assert.All(node.Updates[1..], u => Assert.Equal(["k"], u.Keys));
    }

    [Fact]
    public async Task An_end_takes_five_seconds_at_most_whatever_etcd_does()
    {
        var (_, proxy, node) = await StartAsync();
        proxy.Swallow(newOnesToo: true);

        await node.Store.DisposeAsync().AsTask().WithinAsync(5);
    }

    private async Task<(EtcdMember, LinkProxy, StoreRecorder)> StartAsync()
    {
        var member = await StartMemberAsync();
        var proxy = Keep(new LinkProxy(member.ClientPort));
        return (member, proxy, await StartNodeAsync(proxy.Address));
    }

    // etcdctl sends nothing above 2 MiB.
    private static async Task BigAsync(EtcdMember member, string key, int length)
    {
        using var channel = GrpcChannel.ForAddress($"http://{member.Address}");
        await new KV.KVClient(channel).PutAsync(new PutRequest
        {
            Key = ByteString.CopyFromUtf8(Prefix + key),
            Value = ByteString.CopyFromUtf8(new string('x', length)),
        });
    }
}
