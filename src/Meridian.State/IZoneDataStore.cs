using System.Collections.Immutable;

namespace Meridian.State;

/// <summary>
/// What zones hold besides their files: transferred zones, record sets from dynamic updates, and the last serials.
/// </summary>
public interface IZoneDataStore
{
    ImmutableArray<StoredZone> ReadZones();

    /// <summary>Saves a transferred zone. Nobody waits for it: its primary has it too.</summary>
    void SaveZone(StoredZone zone);

    /// <summary>Saves that the primary has confirmed a stored zone as current.</summary>
    void SaveChecked(string origin, DateTimeOffset at);

    /// <summary>The last serial that was saved for each zone, by its origin.</summary>
    ImmutableDictionary<string, uint> ReadSerials();

    /// <summary>Saves the serial that a zone is served with. Nobody waits for it.</summary>
    void SaveSerial(string origin, uint serial);

    ImmutableArray<StoredRecordSet> ReadRecordSets();

    /// <summary>Saves record sets in place of those with the same zone, owner and type: all of them or none.</summary>
    /// <returns>Null when they are on disk; else why they are not.</returns>
    Task<string?> SaveRecordSetsAsync(IReadOnlyCollection<StoredRecordSet> sets);

    /// <summary>
    /// Saves all record sets of a zone in place of what was saved of it, all of them or none. Nobody waits for it.
    /// </summary>
    void ReplaceRecordSets(string zone, IReadOnlyCollection<StoredRecordSet> sets);
}
