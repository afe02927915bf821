using Meridian.Dns.Serving;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Dns.Tests.Serving;

public sealed class GuardedLoopTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_turn_that_throws_is_reported_and_followed_by_another()
    {
        var faults = new List<string>();
        var turns = 0;
        using var stop = new CancellationTokenSource();
        var loop = new GuardedLoop(TimeSpan.FromMinutes(1), e => faults.Add(e.Message), _time);

        var running = loop.RunAsync(_ => ++turns == 1 ? throw new InvalidOperationException("bug") : Task.CompletedTask,
            token => Task.Delay(Timeout.InfiniteTimeSpan, _time, token), stop.Token);
        Assert.Equal((1, "bug"), (turns, Assert.Single(faults)));
        _time.Advance(TimeSpan.FromSeconds(5));
        await Wait.UntilAsync(() => turns == 2, () => $"{turns} turns");

        await stop.CancelAsync();
        await running.WithinAsync(20);
    }

    [Fact]
    public async Task A_turn_that_does_not_end_stalls_the_loop_and_a_rest_does_not()
    {
        var hold = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        var loop = new GuardedLoop(TimeSpan.FromMinutes(1), _ => { }, _time);
        var running = loop.RunAsync(_ => hold.Task, token => Task.Delay(Timeout.InfiniteTimeSpan, _time, token),
            stop.Token);

        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(loop.IsStalled);
        hold.SetResult();
        await Wait.UntilAsync(() => !loop.IsStalled, () => "it stands still");
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(loop.IsStalled);

        await stop.CancelAsync();
        await running.WithinAsync(20);
    }
}
