using System.Collections.Immutable;
using Meridian.Model.Records;
using Meridian.State.Shared;

namespace Meridian.Fleet.Records;

/// <summary>
/// Writes clients' records into the shared store. A change is there, on a majority of its members, before the client is
/// answered; with the store away it is refused. One that needs more than one transaction is done name by name, and the
/// same change again completes it where it broke off.
/// </summary>
public sealed class SharedRecordStore(ISharedStore shared, StoreAdvance advance, TimeProvider time)
{
    private const string Known = "the shared store knows the client already";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Makes changes of a client's records, in place of what other nodes wrote of it before.</summary>
    /// <param name="owner">The client, as it is heard now.</param>
    /// <param name="changes">What it wants changed.</param>
    public Task<SharedSave> SaveAsync(RecordOwner owner, RecordChanges changes) => CommitAsync(snapshot =>
    {
        var plan = WritePlan.Of(RecordWrites.Of(snapshot, owner, changes), null, out var fault);
        return (plan, fault);
    });

    /// <summary>
    /// Takes in the records of a client that the store does not know, as this node alone has them. Where the store
    /// knows the client, what it holds is what counts: nothing is written, and the result is stale.
    /// </summary>
    public Task<SharedSave> OfferAsync(RecordOwner owner)
    {
        var (all, key) = (new RecordChanges { Create = owner.Records }, FleetKeys.Owner(owner.Id));
        return CommitAsync(snapshot =>
        {
            if (snapshot.Entries.ContainsKey(key))
                return ([], Known);
            var writes = RecordWrites.Of(snapshot, owner, all);
            var plan = WritePlan.Of(writes, new SharedCondition(key, 0), out var fault);
            return (plan, fault);
        });
    }

    /// <summary>Says that a client was heard here. Nobody waits for it: it is heard again.</summary>
    public void SaveContact(RecordOwner owner)
    {
        var (key, value, modified) = RecordWrites.Contact(shared.Current, owner);
        if (modified == 0)
            return; // of a client that the store does not know all records come first
        _ = shared.CommitAsync(new SharedTransaction([new SharedWrite(key, value)])
        {
            Conditions = [new SharedCondition(key, modified)],
        }, Limit);
    }

    // Plans anew from what another node has written meanwhile, until the time is up.
    private async Task<SharedSave> CommitAsync(
        Func<SharedSnapshot, (ImmutableArray<SharedTransaction> Plan, string? Fault)> planOf)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            var snapshot = shared.Current;
            if (snapshot.Revision == 0)
                return SharedSave.Away(shared.Trouble ?? "it was not read yet");
            var (plan, fault) = planOf(snapshot);
            if ((fault ?? StoreFormat.FaultOf(snapshot)) is { } refusal)
                return new SharedSave(refusal, IsStale: refusal == Known);
            var (outcome, revision) = await CommitAsync(plan, snapshot.Revision);
            if (outcome is SharedOutcome.Unavailable away)
                return SharedSave.Away(away.Reason);
            if (outcome is not SharedOutcome.Conflict)
                return new SharedSave(null, revision);
            var left = Limit - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero
                || !await advance.UntilAsync(() => shared.Current.Revision > snapshot.Revision, left))
                return SharedSave.Away("another node changes the same; try again");
        }
    }

    private async Task<(SharedOutcome? Outcome, long Revision)> CommitAsync(ImmutableArray<SharedTransaction> plan,
        long revision)
    {
        foreach (var transaction in plan)
        {
            var outcome = await shared.CommitAsync(transaction, Limit);
            if (outcome is not SharedOutcome.Committed done)
                return (outcome, revision);
            revision = done.Revision;
        }

        return (null, revision);
    }
}
