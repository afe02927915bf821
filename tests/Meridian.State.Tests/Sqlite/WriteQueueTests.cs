using Meridian.State.Sqlite;
using Meridian.State.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.State.Tests.Sqlite;

/// <summary>What waits for the disk, and for how long.</summary>
public sealed class WriteQueueTests : StoreFixture
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultReport _fault = new(_ => { });

    [Fact]
    public async Task A_loop_that_has_ended_by_a_fault_of_ours_is_told()
    {
        // What is told of a fault is code of others, on the loop.
        var fault = new FaultReport(_ => throw new InvalidOperationException("nobody can be told"));
        using var database = StateDatabase.Open(Folder, new FaultReport(_ => { }));
        var queue = new WriteQueue(database, fault, _time);
        queue.Post(Client("faulty", null));
        Assert.False(queue.IsStalled);

        queue.Start();

        await Wait.UntilAsync(() => queue.IsStalled, () => "the loop is not told as ended");
    }

    [Fact]
    public async Task A_write_that_fails_takes_no_other_with_it()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        var faulty = queue.WriteAsync(Client("faulty", null));
        queue.Post(Client("posted"));
        var beside = queue.WriteAsync(Client("beside"));
        var flush = queue.FlushAsync(TestTime.Limit(30));

        queue.Start();

        Assert.Contains("NOT NULL", await faulty.WithinAsync(30), StringComparison.Ordinal);
        Assert.Null(await beside.WithinAsync(30));
        Assert.False(await flush.WithinAsync(30), "not all that was queued before the flush was written");
        Assert.Equal(2, Count(database));
        Assert.True(await queue.CloseAsync().WithinAsync(10));
    }

    [Fact]
    public async Task Of_two_writes_the_good_one_is_written()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        var faulty = queue.WriteAsync(Client("faulty", null));
        var good = queue.WriteAsync(Client("good"));

        queue.Start(); // so that both are in one batch

        Assert.NotNull(await faulty.WithinAsync(30));
        Assert.Null(await good.WithinAsync(30));
        Assert.True(await queue.CloseAsync().WithinAsync(10));
    }

    [Fact]
    public async Task A_write_that_nobody_waits_for_and_that_cannot_be_stored_is_told_as_lost()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        queue.Post(Client("faulty", null));
        queue.Start();

        Assert.True(await queue.CloseAsync().WithinAsync(10));

        Assert.Contains("a write is lost: ", _fault.Current, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_told_that_a_write_is_done_finds_no_fault_any_more()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        for (var round = 0; round < 10; round++)
        {
            var queue = new WriteQueue(database, _fault, _time);
            _fault.Raise("the disk was full");
            var writes = Enumerable.Range(0, WriteQueue.MaxBatch)
                .Select(i => queue.WriteAsync(Client($"good {round} {i}"))).ToArray();

            queue.Start(); // so that all of them are in one batch, and the first is told long before the last

            Assert.Null(await writes[0].WithinAsync(30));
            Assert.Null(_fault.Current);
            await Task.WhenAll(writes).WithinAsync(30);
            Assert.True(await queue.CloseAsync().WithinAsync(10));
        }
    }

    [Fact]
    public async Task What_is_in_force_and_not_on_disk_keeps_the_fault_up_until_it_is()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        queue.Start();
        var elsewhere = DatabaseFile + ".elsewhere";
        File.Move(DatabaseFile, elsewhere);
        File.WriteAllText(DatabaseFile, "another file");
        queue.Post(Client("posted"));
        Assert.Contains("removed or replaced", await queue.WriteAsync(Client("refused")).WithinAsync(30),
            StringComparison.Ordinal);
        Assert.NotNull(_fault.Current);

        File.Move(elsewhere, DatabaseFile, overwrite: true);
        _time.Advance(TimeSpan.FromSeconds(1));

        await Wait.UntilAsync(() => _fault.Current is null, () => _fault.Current);
        Assert.True(await queue.CloseAsync().WithinAsync(10));
    }

    [Fact]
    public async Task Between_two_tries_of_what_the_disk_refused_a_second_passes()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var pauses = new PauseTime();
        var queue = new WriteQueue(database, _fault, pauses);
        queue.Start();
        File.Delete(DatabaseFile);
        queue.Post(Client("posted"));

        await Wait.UntilAsync(() => pauses.Seconds == 1, () => $"{pauses.Seconds} pauses");
        pauses.Advance(TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(() => pauses.Seconds == 2, () => $"{pauses.Seconds} pauses");
        Assert.True(await queue.CloseAsync().WithinAsync(10));
    }

    [Fact]
    public async Task What_could_not_be_stored_before_the_end_is_told()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        queue.Start();
        File.Delete(DatabaseFile);
        queue.Post(Client("posted"));

        Assert.True(await queue.CloseAsync().WithinAsync(10));
        Assert.Contains("1 writes could not be stored before the end", _fault.Current, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flush_waits_no_longer_than_its_limit()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);

        var flush = queue.FlushAsync(TimeSpan.FromSeconds(2)); // nothing writes yet
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.False(await flush.WithinAsync(30));
        Assert.True(await queue.CloseAsync().WithinAsync(10));
    }

    [Fact]
    public async Task A_write_that_waits_too_long_for_those_before_it_is_refused_and_never_written()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        var write = queue.WriteAsync(Client("late")); // nothing writes yet

        _time.Advance(WriteQueue.WaitLimit);

        Assert.Equal("it is not stored after 5 s", await write.WithinAsync(30));
        Assert.True(await queue.CloseAsync().WithinAsync(30));
        Assert.Equal(0, Count(database));
    }

    [Fact]
    public async Task A_write_that_has_begun_is_answered_by_the_disk_however_long_it_takes()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        using var gate = new ManualResetEventSlim();
        var reading = await HoldAsync(database, gate);
        Assert.False(queue.IsStalled);
        queue.Start();
        var write = queue.WriteAsync(Client("slow"));
        await Wait.UntilAsync(() => queue.IsWriting, () => "the write has not begun");

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(queue.IsStalled);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(queue.IsStalled);
        Assert.False(write.IsCompleted);
        gate.Set();
        Assert.Null(await write.WithinAsync(30));
        await reading;
        Assert.True(await queue.CloseAsync().WithinAsync(30));
        Assert.False(queue.IsStalled);
    }

    [Fact]
    public async Task A_disk_that_stands_still_holds_up_the_end_for_five_seconds()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        using var gate = new ManualResetEventSlim();
        var reading = await HoldAsync(database, gate);
        var write = queue.WriteAsync(Client("late"));

        var closing = queue.CloseAsync();
        await Wait.UntilAsync(() => queue.IsWriting, () => "the write has not begun");
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await closing.WithinAsync(30), "the database must not be closed under the write");
        gate.Set();
        Assert.Null(await write.WithinAsync(30));
        await reading;
    }

    // The disk stands still until the gate opens.
    private static async Task<Task> HoldAsync(StateDatabase database, ManualResetEventSlim gate)
    {
        var begun = new TaskCompletionSource();
        var reading = Task.Run(() => database.Read("SELECT 1", _ =>
        {
            begun.SetResult();
            gate.Wait(TestTime.Limit(30));
        }));
        await begun.Task.WithinAsync(30);
        return reading;
    }

    private static int Count(StateDatabase database)
    {
        var count = 0;
        database.Read("SELECT id FROM record_owners", _ => count++);
        return count;
    }

    private static Statement Client(string id, string? owner = "{}") =>
        new("INSERT INTO record_owners VALUES ($id, $owner)", ("$id", id), ("$owner", owner));

    /// <summary>Counts the timers of one second that were begun.</summary>
    private sealed class PauseTime : FakeTimeProvider
    {
        private int _seconds;

        public int Seconds => Volatile.Read(ref _seconds);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == TimeSpan.FromSeconds(1))
                Interlocked.Increment(ref _seconds);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
