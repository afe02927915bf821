using System.Collections.Immutable;

namespace Meridian.Running.Control;

/// <summary>
/// The changes that wait, in the order they came. Those that wait at one time are prepared together, so that a burst
/// costs one compilation; one that was refused in a batch is tried again by itself, so that it is refused for its own
/// faults alone. Used by the control loop alone.
/// </summary>
internal sealed class ChangeQueue
{
    /// <summary>Changes in a batch: each of them may have to be prepared again by itself.</summary>
    public const int MaxBatch = 64;

    private readonly LinkedList<PendingChange> _waiting = [];

    public void Add(PendingChange change) => _waiting.AddLast(change);

    /// <summary>Puts changes back at the front, in their order.</summary>
    public void Return(IEnumerable<PendingChange> changes)
    {
        foreach (var change in changes.Reverse())
            _waiting.AddFirst(change);
    }

    /// <summary>Takes the next changes that can be prepared together; none where nothing waits.</summary>
    public ImmutableArray<PendingChange> Next()
    {
        var batch = ImmutableArray.CreateBuilder<PendingChange>();
        while (_waiting.First is { } first && batch.Count < MaxBatch && (batch.Count == 0 || !first.Value.IsAlone))
        {
            _waiting.RemoveFirst();
            batch.Add(first.Value);
            if (first.Value.IsAlone)
                break;
        }

        return batch.ToImmutable();
    }
}
