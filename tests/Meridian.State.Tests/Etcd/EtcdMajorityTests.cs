using Meridian.State.Etcd;
using Meridian.State.Shared;
using Meridian.State.Tests.Etcd.Support;
using Meridian.State.Tests.Support;
using Meridian.Testing.Etcd;

namespace Meridian.State.Tests.Etcd;

/// <summary>Three members, some of which fail.</summary>
public sealed class EtcdMajorityTests : EtcdTest
{
    [Fact]
    public async Task Writes_go_on_and_the_session_stays_when_the_leader_is_killed()
    {
        var members = await StartThreeAsync();
        var node = await StartNodeAsync([.. members.Select(m => m.Address)]);
        await CommitAsync(node, "nodes/a", "1", leased: true);
        var session = node.Store.Session;

        await members[await LeaderAsync(node, members)].KillAsync();

        SharedOutcome outcome = new SharedOutcome.Unavailable("not tried");
        await Wait.UntilAsync(async () => (outcome = await PutAsync(node, "k", "1")) is SharedOutcome.Committed,
            () => $"{outcome}; {node}");
        await node.UntilAsync("k", "1");
        await Task.Delay(TimeSpan.FromSeconds(10)); // as long as a lease lives
        Assert.Equal(session, node.Store.Session);
        Assert.Equal("1", node.Value("nodes/a"));
        Assert.Null(node.Store.Fault);
    }

    [Fact]
    public async Task A_member_without_its_majority_is_left()
    {
        var members = await StartThreeAsync();
        var node = await StartNodeAsync([.. members.Select(m => m.Address)]);
        await CommitAsync(node, "k", "1");
        try
        {
            members[1].Signal("STOP");
            members[2].Signal("STOP");
            await Wait.UntilAsync(() => !node.Store.IsAttached, node.ToString, 30);
            Assert.IsType<SharedOutcome.Unavailable>(await PutAsync(node, "k", "2", seconds: 2));
            Assert.Equal("1", node.Value("k"));

            // The first member now is alone: the node must find the other two by itself.
            members[1].Signal("CONT");
            members[2].Signal("CONT");
            members[0].Signal("STOP");
            await node.UntilAttachedAsync(40);
            await Wait.UntilAsync(async () => await PutAsync(node, "k", "3") is SharedOutcome.Committed, node.ToString);
            await node.UntilAsync("k", "3");
        }
        finally
        {
            foreach (var member in members)
                member.Signal("CONT");
        }
    }

    [Fact]
    public async Task The_status_tells_each_member()
    {
        var members = await StartThreeAsync();
        var node = await StartNodeAsync([.. members.Select(m => m.Address)]);
        await members[2].KillAsync();

        var store = (EtcdStore)node.Store;
        await Wait.UntilAsync(async () => (await store.StatusAsync(default)).Members.Any(m => m.IsLeader),
            node.ToString);
        var status = await store.StatusAsync(default);

        Assert.Equal(members.Select(m => m.Address), status.Members.Select(m => m.Endpoint));
        Assert.Equal([true, true, false], status.Members.Select(m => m.IsReached));
        Assert.Single(status.Members.Where(m => m.IsReached).Select(m => m.Cluster).Distinct());
        Assert.All(status.Members[..2], m => Assert.True(m is { SizeBytes: > 0, Revision: > 0, Term: > 1 }, $"{m}"));
        Assert.All(status.Members[..2], m => Assert.StartsWith("3.", m.Version, StringComparison.Ordinal));
        Assert.NotNull(status.Members[2].Trouble);
        Assert.True(status.IsSound, $"{status}");
    }

    private async Task<EtcdMember[]> StartThreeAsync()
    {
        EtcdMember[] members = [Keep(new EtcdMember("m1")), Keep(new EtcdMember("m2")), Keep(new EtcdMember("m3"))];
        var cluster = string.Join(',', members.Select(m => m.InitialCluster));
        foreach (var member in members)
        {
            member.InitialCluster = cluster;
            member.Launch();
        }

        foreach (var member in members)
            await member.ReadyAsync();
        return members;
    }

    private static async Task<int> LeaderAsync(StoreRecorder node, EtcdMember[] members)
    {
        var status = await ((EtcdStore)node.Store).StatusAsync(default);
        return Array.FindIndex(members, m => m.Address == status.Members.Single(s => s.IsLeader).Endpoint);
    }
}
