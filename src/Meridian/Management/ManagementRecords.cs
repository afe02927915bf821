using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Api.Access;
using Meridian.Model.Records;
using Meridian.Running;

namespace Meridian.Management;

/// <summary>The records of clients. The control loop alone changes them.</summary>
internal sealed class ManagementRecords(NodeRecords records, Action<Signal> signal, TimeProvider time) : IRecords
{
    public ImmutableArray<ClientRecord> Of(Caller caller)
    {
        signal(new Signal.Heard(caller));
        return records.Of(caller.Id);
    }

    public async Task<RecordOutcome> ChangeAsync(Caller caller, RecordChanges changes)
    {
        var change = new Signal.Records(caller, changes);
        signal(change);
        var (refusal, stored) = await change.Done.Task;
        return refusal is null
            ? new RecordOutcome(null, await stored.WithinLimitAsync(time)) : new RecordOutcome(refusal, null);
    }
}
