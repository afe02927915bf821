using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Api.Access;
using Meridian.Model.Records;
using Meridian.Running.Features;

namespace Meridian.Management;

/// <summary>The records of clients.</summary>
internal sealed class ManagementRecords(RecordFeature records) : IRecords
{
    public ImmutableArray<ClientRecord> Of(Caller caller) => records.Of(caller);

    public async Task<RecordOutcome> ChangeAsync(Caller caller, RecordChanges changes) =>
        await records.ChangeAsync(caller, changes) switch
        {
            null => new RecordOutcome(null, null),
            { IsNotStored: true } refusal => new RecordOutcome(null, refusal.Reason),
            var refusal => new RecordOutcome(refusal.Reason, null),
        };
}
