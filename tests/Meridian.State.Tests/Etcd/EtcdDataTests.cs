using Etcdserverpb;
using Google.Protobuf;
using Grpc.Net.Client;
using Meridian.State.Etcd;
using Meridian.State.Shared;
using Meridian.State.Tests.Etcd.Support;
using Meridian.Testing.Etcd;

namespace Meridian.State.Tests.Etcd;

/// <summary>A node holds what the store holds: large, hostile, and after whatever happened on the way.</summary>
public sealed class EtcdDataTests : EtcdTest
{
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
