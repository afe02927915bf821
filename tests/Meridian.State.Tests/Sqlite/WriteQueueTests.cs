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
    public async Task A_write_that_fails_takes_no_more_than_its_own_batch_with_it()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        var faulty = queue.WriteAsync(Client("faulty", null));
        for (var i = 1; i < WriteQueue.MaxBatch - 1; i++)
            queue.Post(Client($"{i}"));
        var last = queue.WriteAsync(Client("last"));
        var next = queue.WriteAsync(Client("next"));
        var flush = queue.FlushAsync(TestTime.Limit(30));

        queue.Start();

        Assert.Contains("NOT NULL", await faulty.WithinAsync(30), StringComparison.Ordinal);
        Assert.Equal(await faulty, await last.WithinAsync(30));
        Assert.Null(await next.WithinAsync(30));
        Assert.False(await flush.WithinAsync(30), "not all that was queued before the flush was written");
        Assert.True(await queue.CloseAsync().WithinAsync(10));
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
    public async Task A_disk_that_stands_still_holds_up_the_end_for_five_seconds()
    {
        using var database = StateDatabase.Open(Folder, _fault);
        var queue = new WriteQueue(database, _fault, _time);
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var reading = Task.Run(() => database.Read("SELECT 1", _ =>
        {
            begun.SetResult();
            gate.Wait(TestTime.Limit(30));
        }));
        await begun.Task.WithinAsync(30);
        var write = queue.WriteAsync(Client("late"));

        var closing = queue.CloseAsync();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await closing.WithinAsync(30), "the database must not be closed under the write");
        gate.Set();
        Assert.Null(await write.WithinAsync(30));
        await reading;
    }

    private static Statement Client(string id, string? owner = "{}") =>
        new("INSERT INTO record_owners VALUES ($id, $owner)", ("$id", id), ("$owner", owner));
}
