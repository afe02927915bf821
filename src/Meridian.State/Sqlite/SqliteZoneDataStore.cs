using System.Collections.Immutable;

namespace Meridian.State.Sqlite;

internal sealed class SqliteZoneDataStore(StateDatabase database, WriteQueue writes) : IZoneDataStore
{
    public ImmutableArray<StoredZone> ReadZones()
    {
        var zones = ImmutableArray.CreateBuilder<StoredZone>();
        database.Read("SELECT origin, checked, records FROM zones", row =>
            zones.Add(new StoredZone(row.GetString(0), row.GetTime(1), row.GetFieldValue<byte[]>(2))));
        return zones.ToImmutable();
    }

    public void SaveZone(StoredZone zone) => writes.Post(new Statement(
        "INSERT OR REPLACE INTO zones (origin, checked, records) VALUES ($origin, $checked, $records)",
        ("$origin", zone.Origin), ("$checked", zone.CheckedAt.ToUnixTimeMilliseconds()), ("$records", zone.Records)));

    public void SaveChecked(string origin, DateTimeOffset at) => writes.Post(new Statement(
        "UPDATE zones SET checked = $checked WHERE origin = $origin",
        ("$origin", origin), ("$checked", at.ToUnixTimeMilliseconds())));

    public ImmutableDictionary<string, uint> ReadSerials()
    {
        var serials = ImmutableDictionary.CreateBuilder<string, uint>();
        database.Read("SELECT origin, serial FROM serials", row => serials[row.GetString(0)] = (uint)row.GetInt64(1));
        return serials.ToImmutable();
    }

    public void SaveSerial(string origin, uint serial) => writes.Post(new Statement(
        "INSERT OR REPLACE INTO serials (origin, serial) VALUES ($origin, $serial)",
        ("$origin", origin), ("$serial", (long)serial)));

    public ImmutableArray<StoredRecordSet> ReadRecordSets()
    {
        var sets = ImmutableArray.CreateBuilder<StoredRecordSet>();
        database.Read("SELECT zone, owner, type, records FROM record_sets", row =>
            sets.Add(new StoredRecordSet(row.GetString(0), row.GetString(1), row.GetInt32(2),
                row.GetFieldValue<byte[]>(3))));
        return sets.ToImmutable();
    }

    public Task<string?> SaveRecordSetsAsync(IReadOnlyCollection<StoredRecordSet> sets) =>
        writes.WriteAsync([.. sets.Select(Insert)]);

    public void ReplaceRecordSets(string zone, IReadOnlyCollection<StoredRecordSet> sets) => _ = writes.WriteAsync(
        [new Statement("DELETE FROM record_sets WHERE zone = $zone", ("$zone", zone)), .. sets.Select(Insert)]);

    private static Statement Insert(StoredRecordSet set) => new(
        "INSERT OR REPLACE INTO record_sets (zone, owner, type, records) VALUES ($zone, $owner, $type, $records)",
        ("$zone", set.Zone), ("$owner", set.Owner), ("$type", set.Type), ("$records", set.Records));
}
