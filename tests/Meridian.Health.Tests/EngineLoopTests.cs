using Microsoft.Extensions.Time.Testing;

namespace Meridian.Health.Tests;

public sealed class EngineLoopTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(100_000)]
    public async Task Until_a_step_is_due_none_is_taken(int untilNextMs)
    {
        var steps = 0;
        await using var loop = new EngineLoop(new FakeTimeProvider(), _ => Interlocked.Increment(ref steps),
            () => TimeSpan.FromMilliseconds(untilNextMs), _ => { });
        for (var i = 0; i < 20; i++)
        {
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Post(heard.SetResult);
            await heard.Task.WithinAsync(20);
        }

        // One at the start, one at most for each message, and one that the timer may have asked for.
        Assert.InRange(Volatile.Read(ref steps), 1, 22);
    }

    [Fact]
    public async Task A_step_that_is_due_is_taken_when_its_time_has_come()
    {
        var time = new FakeTimeProvider();
        var due = time.GetTimestamp() + (time.TimestampFrequency / 5);
        var taken = new TaskCompletionSource();
        await using var loop = new EngineLoop(time, _ =>
        {
            if (time.GetTimestamp() >= due)
                taken.TrySetResult();
        }, () => time.GetElapsedTime(time.GetTimestamp(), due), _ => { });
        var heard = new TaskCompletionSource();
        loop.Post(heard.SetResult);
        await heard.Task.WithinAsync(20);
        Assert.False(taken.Task.IsCompleted);

        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(200));
            return taken.Task.IsCompleted;
        }, () => "no step was taken");
    }
}
