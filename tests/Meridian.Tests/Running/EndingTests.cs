using System.Collections.Concurrent;
using Meridian.CommandLine;
using Meridian.Running;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Running;

/// <summary>The end of the process waits for nothing for ever.</summary>
public sealed class EndingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _told = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_that_does_not_end_is_left_behind_and_told(bool blocks)
    {
        using var part = new HangingPart(blocks);
        var ending = Create().EndAsync("the asking for names", part, TimeSpan.FromSeconds(5)).AsTask();
        await part.Asked.Task.WithinAsync(30);
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.False(ending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        await ending.WithinAsync(30);

        Assert.Equal(["the asking for names does not end within 20 s and is left behind"], _told);
    }

    [Fact]
    public async Task A_part_that_fails_keeps_no_other_from_its_end()
    {
        await using (Create().Of("DNS", new FailingPart()))
        {
        }

        Assert.Equal(["DNS did not end as it should: a bug"], _told);
    }

    [Fact]
    public async Task A_part_that_is_not_there_has_ended()
    {
        await Create().EndAsync("the gateway", null).AsTask().WithinAsync(30);

        Assert.Empty(_told);
    }

    [Theory]
    [InlineData("serve --config x", 305)]
    [InlineData("serve --config x --handover 60", 360)]
    [InlineData("status --watch", 30)]
    [InlineData("demo", 30)]
    public void A_signal_ends_every_command_in_minutes_at_most(string line, int seconds) => Assert.Equal(seconds,
        RootCommandFactory.EndOf(RootCommandFactory.Create().Parse(line)).TotalSeconds);

    private Ending Create() => new(_time, _told.Enqueue);

    private sealed class HangingPart(bool blocks) : IAsyncDisposable, IDisposable
    {
        private readonly ManualResetEventSlim _hold = new();

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask DisposeAsync()
        {
            Asked.TrySetResult();
            if (blocks)
                _hold.Wait(TestTime.Limit(60));
            else
                await new TaskCompletionSource().Task;
        }

        public void Dispose() => _hold.Set();
    }

    private sealed class FailingPart : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => throw new InvalidOperationException("a bug");
    }
}
