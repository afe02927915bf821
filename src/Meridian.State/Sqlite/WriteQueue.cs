using System.Threading.Channels;

namespace Meridian.State.Sqlite;

/// <summary>Writes that wait for the disk, and the one loop that writes them, many in a transaction.</summary>
internal sealed class WriteQueue(StateDatabase database, FaultReport fault, TimeProvider time)
{
    /// <summary>
    /// Writes that may wait. Where there are more, the disk has stood still for long; new ones are lost, with a fault.
    /// </summary>
    public const int MaxQueued = 100_000;

    /// <summary>Writes of one transaction: one that fails takes no more than these with it.</summary>
    public const int MaxBatch = 1000;

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private readonly Channel<PendingWrite> _pending = Channel.CreateBounded<PendingWrite>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private Task? _loop;
    private int _failures;
    private volatile bool _closed;

    public void Start() => _loop ??= Task.Run(RunAsync);

    /// <summary>Queues a write that nobody waits for.</summary>
    public void Post(Statement statement) => Queue(new PendingWrite([statement], null));

    /// <summary>Queues statements that are written together.</summary>
    /// <returns>Null when they are on disk; else why they are not.</returns>
    public Task<string?> WriteAsync(params Statement[] statements)
    {
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Queue(new PendingWrite(statements, done)) is { } refusal
            ? Task.FromResult<string?>(refusal) : done.Task;
    }

    /// <summary>Waits until everything that is queued now is written.</summary>
    /// <returns>False where something of it could not be written, or the limit has passed.</returns>
    public async Task<bool> FlushAsync(TimeSpan limit)
    {
        var failures = Volatile.Read(ref _failures);
        try
        {
            return await WriteAsync().WaitAsync(limit, time) is null && failures == Volatile.Read(ref _failures);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Takes no more, and writes what is queued, for five seconds at most.</summary>
    /// <returns>Whether all of it is done, so that the database may be closed.</returns>
    public async Task<bool> CloseAsync()
    {
        _closed = true;
        _pending.Writer.TryComplete();
        Start();
        return await Task.WhenAny(_loop!, Task.Delay(CloseLimit, time)) == _loop;
    }

    // Gives why the write is not queued, or null.
    private string? Queue(PendingWrite write)
    {
        if (database.WriteRefusal is { } refusal)
            return refusal;
        if (_pending.Writer.TryWrite(write))
            return null;
        if (_closed)
            return "state store is closed";
        return fault.Raise($"state store: {MaxQueued} writes are waiting for the disk; newer ones are lost");
    }

    private async Task RunAsync()
    {
        var batch = new List<PendingWrite>();
        while (await _pending.Reader.WaitToReadAsync())
        {
            while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var write))
                batch.Add(write);
            var failure = database.Write([.. batch.SelectMany(w => w.Statements)],
                durable: batch.Exists(w => w.Done is not null));
            if (failure is not null)
                Interlocked.Increment(ref _failures);
            foreach (var write in batch)
                write.Done?.TrySetResult(failure);
            batch.Clear();
        }
    }
}
