using System.Collections.Immutable;
using Meridian.Api.Access;
using Meridian.Model.Records;

namespace Meridian.Api;

/// <summary>The records that clients write.</summary>
public interface IRecords
{
    /// <summary>The caller's records, as they were written. Asking renews the caller's lease.</summary>
    ImmutableArray<ClientRecord> Of(Caller caller);

    /// <summary>Applies changes of the caller's records, all or none. Completes when they are served.</summary>
    Task<RecordOutcome> ChangeAsync(Caller caller, RecordChanges changes);
}
