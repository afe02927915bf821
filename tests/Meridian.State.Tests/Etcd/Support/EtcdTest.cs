using System.Globalization;
using Meridian.State.Etcd;
using Meridian.State.Shared;
using Meridian.State.Tests.Support;
using Meridian.Testing.Etcd;

namespace Meridian.State.Tests.Etcd.Support;

/// <summary>Nodes and members of one test; all of them end with it.</summary>
public abstract class EtcdTest : IAsyncDisposable
{
    protected const string Prefix = "/meridian/v1/default/";

    private readonly List<IAsyncDisposable> _all = [];
    private readonly List<StoreRecorder> _nodes = [];

    protected EtcdTest() => Assert.SkipWhen(EtcdMember.Missing is not null, EtcdMember.Missing ?? "");

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_all))
            await one.DisposeAsync();
        GC.SuppressFinalize(this);
        Assert.All(_nodes, n => Assert.Null(n.OrderFault));
    }

    /// <summary>Has something disposed with the test.</summary>
    protected T Keep<T>(T one) where T : IAsyncDisposable
    {
        _all.Add(one);
        return one;
    }

    protected async Task<EtcdMember> StartMemberAsync(params string[] options)
    {
        var member = Keep(new EtcdMember { Options = options });
        await member.StartAsync();
        return member;
    }

    /// <summary>A member, the way to it, and a node that follows it over that way.</summary>
    protected async Task<(EtcdMember Member, LinkProxy Proxy, StoreRecorder Node)> StartAsync()
    {
        var member = await StartMemberAsync();
        var proxy = Keep(new LinkProxy(member.ClientPort));
        return (member, proxy, await StartNodeAsync(proxy.Address));
    }

    /// <summary>Starts a node of the cluster and waits until it follows the store.</summary>
    protected async Task<StoreRecorder> StartNodeAsync(params string[] endpoints) =>
        await StartNodeAsync(new EtcdOptions { Endpoints = [.. endpoints] });

    protected async Task<StoreRecorder> StartNodeAsync(EtcdOptions options)
    {
        var node = Launch(options);
        await node.UntilAttachedAsync();
        return node;
    }

    /// <summary>Starts a node without a wait. The first member that it asks is the first of its endpoints.</summary>
    protected StoreRecorder Launch(EtcdOptions options)
    {
        var node = new StoreRecorder(Keep(new EtcdStore(options, TimeProvider.System, new FirstChance())));
        _nodes.Add(node);
        return node;
    }

    protected static Task<SharedOutcome> PutAsync(StoreRecorder node, string key, string value, bool leased = false,
        double seconds = 5) =>
        node.Store.CommitAsync(new SharedTransaction([new SharedWrite(key, value, leased)]), TestTime.Limit(seconds));

    protected static async Task CommitAsync(StoreRecorder node, string key, string value, bool leased = false)
    {
        var outcome = await PutAsync(node, key, value, leased);
        Assert.True(outcome is SharedOutcome.Committed, $"{outcome}; {node}");
    }

    protected static Task PutAsync(EtcdMember member, string key, string value) =>
        member.ControlAsync("put", Prefix + key, value);

    protected static Task DeleteAsync(EtcdMember member, string key) => member.ControlAsync("del", Prefix + key);

    protected static async Task CompactAsync(EtcdMember member) => await member.ControlAsync(
        "compact", (await member.RevisionAsync()).ToString(CultureInfo.InvariantCulture));

    // Nodes draw the member that they ask first; tests say which.
    private sealed class FirstChance : Random
    {
        public override int Next(int maxValue) => 0;
    }
}
