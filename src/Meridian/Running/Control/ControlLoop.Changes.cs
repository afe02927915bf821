using System.Collections.Immutable;

namespace Meridian.Running.Control;

/// <summary>From changes of what is wanted to the next state.</summary>
internal sealed partial class ControlLoop
{
    // One batch is under way at a time: what is prepared follows from what is served.
    private void AdvanceChanges()
    {
        if (_preparation is { Outcome.IsCompleted: true } done)
        {
            _preparation = null;
            if (!Guard(done.Batch[0].Change.Name, () => Conclude(done)))
                Divide(done.Batch);
        }

        if (_preparation is null && _waiting.Next() is { IsEmpty: false } batch)
            Prepare(batch);
    }

    private void Prepare(ImmutableArray<PendingChange> batch)
    {
        _changedMeanwhile.Clear();
        var state = _state;
        var outcome = Task.Run(() => _preparer.PrepareAsync(state, batch));
        _preparation = new Preparation(batch, outcome);
        _ = outcome.ContinueWith(_ => _inbox.Ring(), TaskScheduler.Default);
    }

    private void Conclude(Preparation preparation)
    {
        var batch = preparation.Batch;
        switch (preparation.Outcome.Result)
        {
            case PreparationOutcome.Ready ready:
                Commit(ready.Prepared, batch);
                break;
            case PreparationOutcome.Refused refused:
                foreach (var (pending, refusal) in refused.Changes)
                    pending.Refuse(refusal);
                _waiting.Return(batch.Except(refused.Changes.Select(r => r.Change)));
                break;
            case PreparationOutcome.Divided:
                Divide(batch);
                break;
            case PreparationOutcome.Failed failed:
                Log.Fault(_log, batch[0].Change.Name, failed.Fault);
                batch[0].Refuse(new ChangeRefusal(Internal));
                break;
        }
    }

    // Each change of a batch is tried again by itself; one that has failed by itself is refused.
    private void Divide(ImmutableArray<PendingChange> batch)
    {
        if (batch is [var single])
        {
            single.Refuse(new ChangeRefusal(Internal));
            return;
        }

        foreach (var pending in batch)
            pending.IsAlone = true;
        _waiting.Return(batch);
    }

    // Applying the changes comes first, because it alone can fail: inputs may have changed since they were prepared.
    // All else that could has been done, and what features do is guarded one by one.
    private void Commit(Prepared prepared, ImmutableArray<PendingChange> batch)
    {
        var before = _state;
        var inputs = Preparer.Apply(before.Inputs, batch);
        var next = before with
        {
            Inputs = inputs,
            Resources = prepared.Resources,
            RefusedContributions = prepared.RefusedContributions,
            Handle = prepared.Handle,
            Zones = prepared.Zones,
            ZoneFailures = prepared.ZoneFailures,
            ZoneWarnings = prepared.ZoneWarnings,
            KeyFaults = prepared.KeyFaults,
        };
        if (prepared.Table is { } table)
        {
            Guard("probes", () => _judge.Follow(ProbeTargets.Of(table, prepared.Resources)));
            if (!Guard("verdicts", () => table = Refresh(table, before)))
                _changed.UnionWith(_changedMeanwhile);
            prepared.Handle.Current = table;
            next = next with { Table = table };
        }

        _state = next;
        Announce(before);
        foreach (var pending in batch)
        {
            Guard(pending.Change.Name, () => pending.Change.Committed?.Invoke(before, _state));
            pending.Accept();
        }
    }
}
