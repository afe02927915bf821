using System.Text.Json;
using Meridian.State;
using Meridian.State.Shared;

namespace Meridian.Fleet.Updates;

/// <summary>
/// Writes dynamic updates (RFC 2136) into the shared store. Each is one transaction, on the condition that no other
/// has changed the zone since it was made, so that all nodes' updates of a zone are in one order (section 3.7).
/// </summary>
/// <param name="shared">The shared store.</param>
/// <param name="node">The name of this node.</param>
/// <param name="time">The clock.</param>
public sealed class SharedUpdateStore(ISharedStore shared, string node, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Keeps an update.</summary>
    /// <param name="zone">The zone as the update was made for it.</param>
    /// <param name="origin">Its origin.</param>
    /// <param name="sets">The sets that the update changes.</param>
    public async Task<SharedSave> SaveAsync(UpdatedZone zone, string origin, IReadOnlyCollection<StoredRecordSet> sets)
    {
        if (Refusal() is { } refusal)
            return refusal;
        var transaction = UpdateWrites.Of(zone, origin, sets, Mark(), Id());
        return SharedLimits.FaultOf(transaction) is { } fault ? new SharedSave(fault)
            : Result(await shared.CommitAsync(transaction, Limit));
    }

    /// <summary>
    /// Takes in what this node alone has of a zone that the store does not know. Where the store knows the zone, what
    /// it holds is what counts, and the result is stale.
    /// </summary>
    public async Task<SharedSave> OfferAsync(string origin, IReadOnlyCollection<StoredRecordSet> sets)
    {
        if (Refusal() is { } refusal)
            return refusal;
        var plan = UpdateWrites.Offer(origin, sets, Mark(), Id(), out var fault);
        if (fault is not null)
            return new SharedSave(fault);
        var result = new SharedSave(null);
        foreach (var transaction in plan)
        {
            result = Result(await shared.CommitAsync(transaction, Limit));
            if (result.Fault is not null)
                break;
        }

        return result;
    }

    private static SharedSave Result(SharedOutcome outcome) => outcome switch
    {
        SharedOutcome.Committed done => new SharedSave(null, done.Revision),
        SharedOutcome.Unavailable away => SharedSave.Away(away.Reason),
        _ => SharedSave.Away("another node has changed the zone") with { IsStale = true },
    };

    private static string Id() => Guid.NewGuid().ToString("N");

    private SharedSave? Refusal() => shared.Current.Revision == 0
        ? SharedSave.Away(shared.Trouble ?? "it was not read yet")
        : StoreFormat.FaultOf(shared.Current) is { } fault ? new SharedSave(fault) : null;

    private string Mark() =>
        JsonSerializer.Serialize(new UpdateMark(node, time.GetUtcNow()), FleetJson.Default.UpdateMark);
}
