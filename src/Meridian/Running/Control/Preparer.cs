using System.Collections.Immutable;
using Meridian.Dns.Wire;

namespace Meridian.Running.Control;

/// <summary>
/// Prepares batches of changes beside the control loop, one batch at a time: compiles what would follow from them, asks
/// each whether that is acceptable, and stores what must outlive the process.
/// </summary>
/// <param name="prepare">Compiles a state from inputs; the origins are those of the zones that alone can be different,
/// or null for everything.</param>
/// <param name="time">The clock.</param>
internal sealed class Preparer(Func<NodeState, NodeInputs, IReadOnlyCollection<DnsName>?, Prepared> prepare,
    TimeProvider time)
{
    private long _since;

    /// <summary>The time stamp at which the batch that is under way was begun; null for none.</summary>
    public long? Since => Volatile.Read(ref _since) is not 0 and var since ? since : null;

    /// <summary>Prepares a batch, not empty, on the state that is served now. Never throws.</summary>
    public async Task<PreparationOutcome> PrepareAsync(NodeState state, ImmutableArray<PendingChange> batch)
    {
        Volatile.Write(ref _since, time.GetTimestamp());
        try
        {
            var inputs = Apply(state.Inputs, batch);
            var prepared = prepare(state, inputs, OriginsOf(batch));
            var refused = RefusedIn(batch, prepared);
            if (!refused.IsEmpty)
                return batch.Length > 1 ? new PreparationOutcome.Divided() : new PreparationOutcome.Refused(refused);
            refused = await StoreAsync(batch, inputs);
            return refused.IsEmpty ? new PreparationOutcome.Ready(prepared) : new PreparationOutcome.Refused(refused);
        }
        catch (Exception e)
        {
            return batch.Length > 1 ? new PreparationOutcome.Divided() : new PreparationOutcome.Failed(e);
        }
        finally
        {
            Volatile.Write(ref _since, 0);
        }
    }

    /// <summary>The inputs after all changes of a batch.</summary>
    public static NodeInputs Apply(NodeInputs before, ImmutableArray<PendingChange> batch) =>
        batch.Aggregate(before, (inputs, pending) => pending.Change.Apply(inputs));

    private static ImmutableArray<(PendingChange Change, ChangeRefusal Refusal)> RefusedIn(
        ImmutableArray<PendingChange> batch, Prepared prepared) =>
    [
        .. from pending in batch
           let reason = pending.Change.Refuse?.Invoke(prepared)
           where reason is not null
           select (pending, new ChangeRefusal(reason)),
    ];

    private static DnsName[]? OriginsOf(ImmutableArray<PendingChange> batch) =>
        batch.All(p => p.Change.Zone is not null) ? [.. batch.Select(p => p.Change.Zone!).Distinct()] : null;

    // All at once, so that a store can write them in one transaction. Where one of them fails, the others are stored
    // again when they are prepared without it: what they wrote may hold what it wanted.
    private static async Task<ImmutableArray<(PendingChange Change, ChangeRefusal Refusal)>> StoreAsync(
        ImmutableArray<PendingChange> batch, NodeInputs inputs)
    {
        var results = await Task.WhenAll(batch.Where(p => p.Change.Store is not null)
            .Select(async p => (Change: p, Fault: await p.Change.Store!(inputs))));
        return
        [
            .. results.Where(r => r.Fault is not null)
                .Select(r => (r.Change, new ChangeRefusal(r.Fault!, IsNotStored: true))),
        ];
    }
}
