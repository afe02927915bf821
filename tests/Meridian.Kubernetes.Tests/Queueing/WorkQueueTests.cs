using Meridian.Kubernetes.Queueing;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Kubernetes.Tests.Queueing;

public sealed class WorkQueueTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_key_waits_once_however_often_it_is_added()
    {
        using var queue = new WorkQueue<string>(_time);
        for (var i = 0; i < 100; i++)
            queue.Add("a");
        queue.Add("b");
        Assert.Equal(2, queue.Depth);
        Assert.Equal("a", await queue.TakeAsync(default));
        Assert.Equal("b", await queue.TakeAsync(default));
        Assert.Equal(0, queue.Depth);
    }

    [Fact]
    public async Task A_key_that_is_worked_on_comes_again_afterwards_and_not_before()
    {
        using var queue = new WorkQueue<string>(_time);
        queue.Add("a");
        await queue.TakeAsync(default);
        queue.Add("a");
        queue.Add("a");
        var next = queue.TakeAsync(default).AsTask();
        Assert.False(next.IsCompleted);
        queue.Done("a");
        Assert.Equal("a", await next);
        queue.Done("a");
        Assert.Equal(0, queue.Depth);
    }

    [Fact]
    public async Task Failures_wait_twice_as_long_each_time_until_the_work_is_done()
    {
        using var queue = new WorkQueue<string>(_time,
            new RetryDelays { First = TimeSpan.FromSeconds(1), Most = TimeSpan.FromSeconds(4) });
        foreach (var wait in (int[])[1, 2, 4, 4])
        {
            queue.Retry("a");
            var next = queue.TakeAsync(default).AsTask();
            _time.Advance(TimeSpan.FromSeconds(wait) - TimeSpan.FromMilliseconds(1));
            Assert.False(next.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await next;
            queue.Done("a");
        }

        queue.Forget("a");
        queue.Retry("a");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a", await queue.TakeAsync(default));
    }

    [Fact]
    public async Task A_key_that_is_added_earlier_does_not_come_again_later()
    {
        using var queue = new WorkQueue<string>(_time);
        queue.AddAfter("a", TimeSpan.FromSeconds(10));
        queue.Add("a");
        await queue.TakeAsync(default);
        queue.Done("a");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, queue.Depth);
    }

    [Fact]
    public async Task No_two_workers_have_the_same_key()
    {
        var (now, most, done) = (0, 0, 0);
        await using var controller = new Controller<string>(TimeProvider.System, 8, async (_, token) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Delay(1, token);
            Interlocked.Decrement(ref now);
            Interlocked.Increment(ref done);
            return null;
        }, (_, _) => { });
        for (var i = 0; i < 500; i++)
        {
            controller.Queue.Add("only");
            if (i % 50 == 0)
                await Task.Delay(1);
        }

        await Wait.UntilAsync(() => controller.Queue.Depth == 0 && Volatile.Read(ref now) == 0,
            () => $"depth: {controller.Queue.Depth}");
        Assert.Equal(1, most);
        Assert.InRange(done, 1, 500);
    }

    [Fact]
    public async Task What_throws_is_told_and_tried_again_but_a_conflict_is_only_tried_again()
    {
        var tries = 0;
        var told = new List<string>();
        var done = new TaskCompletionSource();
        await using var controller = new Controller<string>(TimeProvider.System, 1, (_, _) => (++tries) switch
        {
            1 => throw new ApiException(System.Net.HttpStatusCode.Conflict, "Conflict", "somebody else"),
            2 => throw new InvalidOperationException("broken"),
            _ => Finish(),
        }, (key, e) => told.Add($"{key}: {e.Message}"));
        controller.Queue.Add("a");
        await done.Task.WithinAsync(10);
        Assert.Equal(["a: broken"], told);

        Task<TimeSpan?> Finish()
        {
            done.SetResult();
            return Task.FromResult<TimeSpan?>(null);
        }
    }
}
