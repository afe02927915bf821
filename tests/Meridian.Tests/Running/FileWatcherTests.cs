using System.Collections.Concurrent;
using Meridian.Running;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Running;

public sealed class FileWatcherTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<(string Name, string? Fault)> _changed = [];
    private readonly ConcurrentQueue<DateTimeOffset> _looks = [];

    [Fact]
    public async Task Files_are_looked_at_a_second_after_the_last_look()
    {
        var start = _time.GetUtcNow();
        await using var watcher = Create();
        watcher.Start(new FileCheck("keys", Look));

        await PassUntilAsync(TimeSpan.FromMilliseconds(100), () => _looks.Count == 4);

        var times = _looks.Prepend(start).ToArray();
        Assert.All(times.Zip(times.Skip(1)), t => Assert.True(t.Second - t.First >= TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_call_to_look_at_once_does_not_wait_for_the_second()
    {
        await using var watcher = Create();
        watcher.Start(new FileCheck("keys", Look));

        watcher.Wake();

        await Wait.UntilAsync(() => _looks.Count == 1, () => "nobody looks");
        Assert.Equal(_time.GetUtcNow(), Assert.Single(_looks));
    }

    [Fact]
    public async Task A_look_that_throws_is_not_the_last()
    {
        await using var watcher = Create();
        watcher.Start(new FileCheck("keys", () => Look() ?? throw new InvalidOperationException("a bug")));

        await PassUntilAsync(TimeSpan.FromSeconds(1), () => _looks.Count == 2);

        Assert.Single(_changed);
    }

    [Fact]
    public async Task The_end_waits_for_a_look_that_is_under_way()
    {
        using var gate = new Gate();
        var watcher = Hang(gate);

        var ending = watcher.DisposeAsync().AsTask();
        Assert.False(ending.IsCompleted);
        gate.Open();

        await ending.WithinAsync(30);
    }

    [Fact]
    public async Task The_end_waits_no_longer_than_five_seconds_for_a_look_that_hangs()
    {
        using var gate = new Gate();
        var watcher = Hang(gate);
        var start = _time.GetUtcNow();

        var ending = watcher.DisposeAsync().AsTask();
        await PassUntilAsync(TimeSpan.FromMilliseconds(500), () => ending.IsCompleted);

        Assert.True(_time.GetUtcNow() - start >= TimeSpan.FromSeconds(5));
        watcher.Wake(); // what the hanging look still needs is there
        gate.Open();
        await Wait.UntilAsync(() => gate.IsPassed, () => "the look hangs on");
    }

    [Fact]
    public async Task A_call_to_look_at_once_that_comes_after_the_end_is_no_fault()
    {
        var watcher = Create();
        watcher.Start();
        await watcher.DisposeAsync();

        watcher.Wake(); // a timer of custom resources may still be under way
    }

    [Fact]
    public async Task A_fault_stands_for_as_long_as_it_is_there_and_is_told_once()
    {
        string? fault = "the disk has gone";
        var looked = 0;
        await using var watcher = Create();
        watcher.Start(new FileCheck("keys", () =>
        {
            Interlocked.Increment(ref looked);
            return Volatile.Read(ref fault);
        }), new FileCheck("geography", () => null));
        await TurnAsync();
        await TurnAsync();
        Assert.Equal([("keys", "the disk has gone"), ("geography", null)], watcher.Checks);
        Assert.Equal([("keys", "the disk has gone")], _changed);

        Volatile.Write(ref fault, null);
        await TurnAsync();
        await TurnAsync();
        Assert.Equal([("keys", null), ("geography", null)], watcher.Checks);
        Assert.Equal([("keys", "the disk has gone"), ("keys", null)], _changed);

        // What was under way when it was rung has ended when the next look begins, and the next but one is after it.
        async Task TurnAsync()
        {
            var before = Volatile.Read(ref looked);
            await Wait.UntilAsync(() =>
            {
                watcher.Wake();
                return Volatile.Read(ref looked) >= before + 2;
            }, () => $"looked {looked} times");
        }
    }

    [Fact]
    public async Task A_check_that_throws_is_a_fault_of_its_own_files_alone()
    {
        await using var watcher = Create();
        watcher.Start(new FileCheck("keys", () => throw new InvalidOperationException("a bug")),
            new FileCheck("geography", () => null));
        watcher.Wake();

        await Wait.UntilAsync(() => !_changed.IsEmpty, () => "nothing is told");

        Assert.Equal([("keys", "keys cannot be checked, and what was read before is in force: a bug")], _changed);
    }

    [Fact]
    public async Task A_mount_that_hangs_is_told_and_holds_up_no_other_files()
    {
        using var hold = new ManualResetEventSlim();
        var others = 0;
        await using var watcher = Create();
        watcher.Start(new FileCheck("geography", () =>
        {
            hold.Wait(TestTime.Limit(30));
            return null;
        }), new FileCheck("keys", () =>
        {
            Interlocked.Increment(ref others);
            return null;
        }));
        try
        {
            Assert.Null(watcher.Stalled);
            _time.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1));
            var before = Volatile.Read(ref others);
            await Wait.UntilAsync(() =>
            {
                watcher.Wake();
                return Volatile.Read(ref others) > before + 1 && watcher.Stalled == "geography";
            }, () => $"{watcher.Stalled}, looked {others} times");
        }
        finally
        {
            hold.Set();
        }

        await Wait.UntilAsync(() => watcher.Stalled is null, () => $"{watcher.Stalled} stands still");
    }

    private FileWatcher Create() => new(_time, (name, fault) => _changed.Enqueue((name, fault)));

    private string? Look()
    {
        _looks.Enqueue(_time.GetUtcNow());
        return null;
    }

    // Somebody looks, and the look does not end.
    private FileWatcher Hang(Gate gate)
    {
        var watcher = Create();
        watcher.Start(new FileCheck("geography", () =>
        {
            gate.Pass();
            return null;
        }));
        watcher.Wake();
        gate.WaitUntilReached();
        return watcher;
    }

    private Task PassUntilAsync(TimeSpan step, Func<bool> isSo) =>
        Wait.PassUntilAsync(() => _time.Advance(step), isSo, () => $"{_looks.Count} looks");
}
