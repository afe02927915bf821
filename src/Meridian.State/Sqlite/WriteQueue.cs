using System.Threading.Channels;

namespace Meridian.State.Sqlite;

/// <summary>
/// Writes that wait for the disk, and the one loop that writes them, many in a transaction. What somebody waits for is
/// written or refused; what nobody waits for is in force already, and is tried again until the disk has it.
/// </summary>
internal sealed class WriteQueue(StateDatabase database, FaultReport fault, TimeProvider time)
{
    /// <summary>
    /// Writes that may wait. Where there are more, the disk has stood still for long; new ones are lost, with a fault.
    /// </summary>
    public const int MaxQueued = 100_000;

    /// <summary>Writes of one transaction.</summary>
    public const int MaxBatch = 1000;

    /// <summary>How long a write waits for those before it. Then it is refused, and never written.</summary>
    public static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);

    private readonly Channel<PendingWrite> _pending = Channel.CreateBounded<PendingWrite>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    // In force and not on disk, in order.
    private readonly Queue<PendingWrite> _unwritten = new();

    private Task? _loop;
    private int _failures;
    private long _writingSince;
    private volatile bool _closed;

    /// <summary>Whether a batch is on its way to the disk.</summary>
    public bool IsWriting => Volatile.Read(ref _writingSince) is not 0;

    /// <summary>Whether the disk has not answered one write for half a minute, or nobody writes any more.</summary>
    public bool IsStalled => _loop is { IsFaulted: true }
        || (Volatile.Read(ref _writingSince) is not 0 and var since && time.GetElapsedTime(since) > StallLimit);

    public void Start() => _loop ??= Task.Run(RunAsync);

    /// <summary>Queues a write that nobody waits for.</summary>
    public void Post(Statement statement) => Queue(new PendingWrite([statement], isAwaited: false));

    /// <summary>Queues statements that are written together.</summary>
    /// <returns>Null when they are on disk; else why they are not.</returns>
    public async Task<string?> WriteAsync(params Statement[] statements)
    {
        var write = new PendingWrite(statements, isAwaited: true);
        if (Queue(write) is { } refusal)
            return refusal;
        try
        {
            return await write.Done.WaitAsync(WaitLimit, time);
        }
        catch (TimeoutException)
        {
            // What is being written may yet be on disk: only its end is the truth.
            return write.TryTake() ? $"it is not stored after {WaitLimit.TotalSeconds:0} s" : await write.Done;
        }
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
        return fault.RaiseLoss($"state store: {MaxQueued} writes are waiting for the disk; newer ones are lost");
    }

    private async Task RunAsync()
    {
        while (await HasWorkAsync())
        {
            var batch = new List<PendingWrite>();
            while (batch.Count < MaxBatch && _unwritten.TryDequeue(out var write))
                batch.Add(write);
            while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var write))
            {
                if (write.TryTake())
                    batch.Add(write);
            }

            if (!TryWrite(batch, out var result) && !result.MayBeRetried && batch.Count > 1)
            {
                // One of them is wrong, and the others shall not be lost with it.
                foreach (var write in batch)
                {
                    TryWrite([write], out var alone);
                    Settle(write, alone);
                }
            }
            else
            {
                // The fault is cleared before the writer is answered.
                if (_unwritten.Count == 0 && result.Fault is null && batch.Exists(w => w.Statements.Length > 0))
                    fault.Clear();
                foreach (var write in batch)
                    Settle(write, result);
            }
        }
    }

    // False at the end. What the disk has refused is tried again after a pause, or with what comes.
    private async Task<bool> HasWorkAsync()
    {
        if (_unwritten.Count == 0)
            return await _pending.Reader.WaitToReadAsync();
        if (_closed)
        {
            fault.RaiseLoss($"state store: {_unwritten.Count} writes could not be stored before the end");
            return false;
        }

        await Task.WhenAny(_pending.Reader.WaitToReadAsync().AsTask(), Task.Delay(RetryPause, time));
        return true;
    }

    private bool TryWrite(List<PendingWrite> batch, out WriteResult result)
    {
        Volatile.Write(ref _writingSince, time.GetTimestamp());
        result = database.Write([.. batch.SelectMany(w => w.Statements)],
            durable: batch.Exists(w => w.IsAwaited));
        Volatile.Write(ref _writingSince, 0);
        return result.Fault is null;
    }

    private void Settle(PendingWrite write, WriteResult result)
    {
        if (result.Fault is not null)
            Interlocked.Increment(ref _failures);
        if (write.IsAwaited)
            write.End(result.Fault);
        else if (result.MayBeRetried && _unwritten.Count < MaxQueued)
            _unwritten.Enqueue(write);
        else if (result.Fault is { } reason)
            fault.RaiseLoss($"a write is lost: {reason}");
    }
}
