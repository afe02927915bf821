using System.Collections.Immutable;
using Meridian.Model.Records;

namespace Meridian.State;

/// <summary>Clients with records, and what they wrote.</summary>
public interface IRecordOwnerStore
{
    ImmutableArray<RecordOwner> Read();

    /// <summary>Saves a client with all of its records, whole or not at all.</summary>
    /// <returns>Null when it is on disk; else why it is not.</returns>
    Task<string?> SaveAsync(RecordOwner owner);

    /// <summary>
    /// Saves when a client was heard last, its lease and its site, and leaves its records as they are on disk: a change
    /// of them may be on its way there. Nobody waits for it.
    /// </summary>
    void SaveContact(RecordOwner owner);
}
