using Meridian.State.Etcd;
using Meridian.State.Shared;
using Meridian.State.Tests.Etcd.Support;

namespace Meridian.State.Tests.Etcd;

/// <summary>A store that is full, or soon will be.</summary>
public sealed class EtcdSpaceTests : EtcdTest
{
    private const int Quota = 16 * 1024 * 1024;

    [Fact]
    public async Task A_full_store_is_told_of_and_takes_deletions_alone()
    {
        var member = await StartMemberAsync("--quota-backend-bytes", $"{Quota}");
        var node = await StartNodeAsync(member.Address);
        await CommitAsync(node, "first", "1");

        SharedOutcome outcome;
        var writes = 0;
        do
            outcome = await PutAsync(node, "big", new string((char)('a' + writes % 26), 1_000_000));
        while (outcome is SharedOutcome.Committed && ++writes < 40);

        var reason = Assert.IsType<SharedOutcome.Unavailable>(outcome).Reason;
        Assert.Contains("NOSPACE", reason, StringComparison.Ordinal);
        Assert.Contains("NOSPACE", node.Store.Fault, StringComparison.Ordinal);
        Assert.True(node.Store.IsAttached);
        Assert.IsType<SharedOutcome.Committed>(await node.Store.CommitAsync(
            new SharedTransaction([new SharedWrite("first", null)]), TestTime.Limit(5)));
        await node.UntilAsync("first", null);

        var late = Launch(new EtcdOptions { Endpoints = [member.Address] }); // one that has written nothing
        await Wait.UntilAsync(() => late.Store.Fault is not null, late.ToString);
        Assert.Contains("NOSPACE", late.Store.Fault, StringComparison.Ordinal);

        await CompactAsync(member);
        await member.ControlAsync("defrag");
        await member.ControlAsync("alarm", "disarm");
        await Wait.UntilAsync(async () => await PutAsync(node, "k", "1") is SharedOutcome.Committed, node.ToString);
        Assert.DoesNotContain("NOSPACE", node.Store.Fault ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_half_full_is_told_of()
    {
        var member = await StartMemberAsync();
        for (var i = 0; i < 4; i++)
        {
            var run = await Run.WithInputAsync(new string('x', 1_000_000), "etcdctl",
                "--endpoints", member.Address, "put", $"/other/{i}");
            Assert.True(run.ExitCode == 0, run.Error);
        }

        // etcd writes its file in batches, and a node asks for its size at its start and then every half minute.
        var options = new EtcdOptions { Endpoints = [member.Address], QuotaBytes = 4 * 1024 * 1024 };
        await using (var asks = new EtcdStore(options, TimeProvider.System))
            await Wait.UntilAsync(async () => (await asks.StatusAsync(default)).Members[0].SizeBytes > 3 << 20,
                () => "the database does not grow");
        var node = await StartNodeAsync(options);

        await Wait.UntilAsync(() => node.Store.Fault is not null, node.ToString);
        Assert.Contains("more than half of its quota of 4 MiB", node.Store.Fault, StringComparison.Ordinal);
    }
}
