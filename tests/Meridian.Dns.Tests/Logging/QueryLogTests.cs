using Meridian.Dns.Answering;
using Meridian.Dns.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Dns.Tests.Logging;

public sealed class QueryLogTests
{
    // By the machine's clock: the limit holds where nothing else moves.
    [Fact]
    public async Task A_disk_that_does_not_answer_holds_up_the_end_for_seconds_only()
    {
        var faults = new List<string>();
        using var disk = new DeadDisk();
        var log = new QueryLog(disk, 1, faults.Add, TimeProvider.System);
        log.Offer(new byte[12], new byte[12], new Requester(new byte[4], Transport.Udp, 0, default));
        await disk.Asked.Task.WithinAsync(20);

        await log.DisposeAsync().AsTask().WithinAsync(20);

        Assert.Contains("its disk does not answer", Assert.Single(faults));
    }

    [Fact]
    public async Task A_disk_that_does_not_take_lines_is_told_until_it_does()
    {
        var time = new FakeTimeProvider();
        using var disk = new DeadDisk();
        await using var log = new QueryLog(disk, 1, _ => { }, time);
        log.Offer(new byte[12], new byte[12], new Requester(new byte[4], Transport.Udp, 0, default));
        await disk.Asked.Task.WithinAsync(20);

        time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(log.IsStalled);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(log.IsStalled);

        disk.Answer.SetResult();
        await Wait.UntilAsync(() => !log.IsStalled, () => "it is stalled for ever");
    }

    private sealed class DeadDisk : MemoryStream
    {
        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource Answer { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken token = default)
        {
            Asked.TrySetResult();
            await Answer.Task;
        }
    }
}
