using Meridian.Dns.Answering;
using Meridian.Dns.Logging;

namespace Meridian.Dns.Tests.Logging;

public sealed class QueryLogTests
{
    // By the machine's clock: the limit holds where nothing else moves.
    [Fact]
    public async Task A_disk_that_does_not_answer_holds_up_the_end_for_seconds_only()
    {
        var faults = new List<string>();
        using var disk = new DeadDisk();
        var log = new QueryLog(disk, 1, faults.Add);
        log.Offer(new byte[12], new byte[12], new Requester(new byte[4], Transport.Udp, 0, default));
        await disk.Asked.Task.WithinAsync(20);

        await log.DisposeAsync().AsTask().WithinAsync(20);

        Assert.Contains("its disk does not answer", Assert.Single(faults));
    }

    private sealed class DeadDisk : MemoryStream
    {
        public TaskCompletionSource Asked { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken token = default)
        {
            Asked.TrySetResult();
            await new TaskCompletionSource().Task;
        }
    }
}
