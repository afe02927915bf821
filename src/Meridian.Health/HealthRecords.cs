using System.Collections.Concurrent;
using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>The records of all targets. The engine writes them; anyone reads them, at any time.</summary>
internal sealed class HealthRecords
{
    private readonly ConcurrentDictionary<ProbeKey, HealthRecord> _records = [];
    private int _unprobed;

    public int Count => _records.Count;

    /// <summary>Whether every target has been probed at least once.</summary>
    public bool AllProbed => Volatile.Read(ref _unprobed) == 0;

    public IEnumerable<KeyValuePair<ProbeKey, HealthRecord>> All => _records;

    public HealthRecord? Find(ProbeKey key) => _records.GetValueOrDefault(key);

    /// <summary>Adds a target that is not known yet, with the verdict that is remembered of it.</summary>
    public void Add(ProbeKey key, Verdict? remembered)
    {
        var record = remembered is null
            ? new HealthRecord()
            : new HealthRecord { Verdict = remembered with { Remembered = true } };
        if (_records.TryAdd(key, record))
            Interlocked.Increment(ref _unprobed);
    }

    public void Remove(ProbeKey key)
    {
        if (_records.TryRemove(key, out var record) && !record.Probed)
            Interlocked.Decrement(ref _unprobed);
    }

    /// <summary>Puts a probed record in the place of the one that it was made from.</summary>
    public void Replace(ProbeKey key, HealthRecord before, HealthRecord after)
    {
        _records[key] = after;
        if (!before.Probed)
            Interlocked.Decrement(ref _unprobed);
    }
}
