using System.Collections.Immutable;
using Meridian.Model.Verdicts;
using Meridian.Steering;

namespace Meridian.Running.Control;

/// <summary>From what is known of addresses to the table.</summary>
internal sealed partial class ControlLoop
{
    private void JudgeVerdicts()
    {
        var changes = _inbox.TakeVerdicts();
        if (changes.IsEmpty && !_isRejudged)
            return;
        foreach (var change in changes)
        {
            _changed.Add(change.Key);
            _changedMeanwhile.Add(change.Key);
        }

        if (!changes.IsEmpty)
            Guard("verdicts", () => _judge.Weigh(changes));
        _isRejudged = false;
        if (Guard("verdicts", () => Judge((table, verdicts, now) => table.WithVerdicts(_changed, verdicts, now))))
            _changed.Clear();
        else
            JudgeOneByOne();
        if (changes.IsEmpty)
            return;
        foreach (var feature in _features.OfType<IVerdictObserver>())
            Guard("verdicts", () => feature.Observe(changes, _state));
    }

    /// <summary>
    /// Judges anew what some probes decide on, as soon as what is being done is done. On the loop only.
    /// </summary>
    public void Rejudge(ImmutableArray<ProbeKey> keys)
    {
        if (keys.IsEmpty)
            return;
        _changed.UnionWith(keys);
        _changedMeanwhile.UnionWith(keys);
        _isRejudged = true;
        _inbox.Ring();
    }

    // An endpoint that cannot be compiled must not hold up the others; what it misses is tried again at the next tick.
    private void JudgeOneByOne()
    {
        foreach (var key in _changed.ToArray())
        {
            if (Guard($"the verdict of {key}",
                () => Judge((table, verdicts, now) => table.WithVerdicts([key], verdicts, now))))
                _changed.Remove(key);
        }
    }

    // Where it fails it is tried again in the next turn, at the next tick at the latest.
    private void JudgeEvidence()
    {
        if (!Guard("evidence", () => Judge((table, verdicts, now) => table.WithOverrides(verdicts, now))))
            Volatile.Write(ref _evidenceChanged, 1);
    }

    // A table that was prepared beside the loop was begun with what was known then.
    private SteeringTable Refresh(SteeringTable table, NodeState before)
    {
        var (verdicts, now) = (_judge.Judge(before), _time.GetUtcNow());
        var known = before.Table.Probes.ToHashSet();
        var keys = table.Probes.Where(k => !known.Contains(k)).Concat(_changedMeanwhile);
        return table.WithVerdicts(keys, verdicts, now).WithOverrides(verdicts, now);
    }

    private void Judge(Func<SteeringTable, IVerdicts, DateTimeOffset, SteeringTable> judge) =>
        Swap(judge(_state.Table, _judge.Judge(_state), _time.GetUtcNow()));

    /// <summary>Puts another table of the same endpoints in force. On the loop only.</summary>
    public void Swap(SteeringTable table)
    {
        var before = _state;
        if (ReferenceEquals(table, before.Table))
            return;
        before.Handle.Current = table;
        _state = before with { Table = table };
        Announce(before);
    }

    private void Announce(NodeState before)
    {
        var now = _state;
        foreach (var feature in _features)
            Guard(feature.Name, () => feature.Commit(before, now));
    }
}
