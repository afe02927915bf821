using System.Collections.Concurrent;
using Meridian.Running;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Running;

public sealed class FileWatcherTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<(string Name, string? Fault)> _changed = [];

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
}
