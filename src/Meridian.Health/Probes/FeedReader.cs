namespace Meridian.Health.Probes;

/// <summary>
/// Reads the files of feeds. A mount that hangs holds whoever reads from it, for as long as it likes: each file is read
/// by one thread at a time, and all who want it meanwhile wait for that reading, within limits of their own.
/// </summary>
/// <param name="read">Reads a file, however long it takes.</param>
/// <param name="time">The clock.</param>
internal sealed class FeedReader(Func<string, string> read, TimeProvider time)
{
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Reading> _underWay = [];

    /// <summary>A file that has been read for so long that its mount may hang; null for none.</summary>
    public string? Stalled
    {
        get
        {
            lock (_lock)
                return _underWay.FirstOrDefault(r => time.GetElapsedTime(r.Value.Begun) > StallLimit).Key;
        }
    }

    /// <summary>The text of a file, by the reading that is under way or by a new one.</summary>
    public Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_underWay.TryGetValue(file, out var reading))
                _underWay[file] = reading = new Reading(time.GetTimestamp(), Start(file));
            return reading.Text.WaitAsync(cancellationToken);
        }
    }

    // Reads on its own thread, because a hung mount would block a pool thread for ever.
    private Task<string> Start(string file) => Task.Factory.StartNew(() =>
    {
        try
        {
            return read(file);
        }
        finally
        {
            lock (_lock)
                _underWay.Remove(file);
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed record Reading(long Begun, Task<string> Text);
}
