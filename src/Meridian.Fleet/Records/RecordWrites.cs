using System.Collections.Immutable;
using System.Text.Json;
using Meridian.Model.Records;
using Meridian.State.Shared;

namespace Meridian.Fleet.Records;

/// <summary>What is to be written into the shared store for a client's changes. Pure.</summary>
internal static class RecordWrites
{
    /// <summary>
    /// Writes that make changes of a client's records, each name on the condition that it is as it was read. The client
    /// itself comes last: it counts as known, with all that it has written, from then on.
    /// </summary>
    public static ImmutableArray<CheckedWrite> Of(SharedSnapshot snapshot, RecordOwner owner, RecordChanges changes)
    {
        var names = changes.All.Select(r => r.Key.Name).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToArray();
        var before = names.SelectMany(n => Read(snapshot.Entries.GetValueOrDefault(FleetKeys.Record(owner.Id, n))));
        var after = changes.Apply([.. before]).ToLookup(r => r.Key.Name, StringComparer.Ordinal);
        var writes = from name in names
                     let key = FleetKeys.Record(owner.Id, name)
                     let value = Write([.. after[name]])
                     where value != snapshot.Entries.GetValueOrDefault(key)?.Value
                     select CheckedWrite.After(snapshot, key, value);
        return [.. writes, Contact(snapshot, owner)];
    }

    /// <summary>That a client was heard.</summary>
    public static CheckedWrite Contact(SharedSnapshot snapshot, RecordOwner owner) => CheckedWrite.After(snapshot,
        FleetKeys.Owner(owner.Id), JsonSerializer.Serialize(SharedOwner.Of(owner), FleetJson.Default.SharedOwner));

    /// <summary>The records that an entry holds; none where there is no entry or it cannot be read.</summary>
    public static ImmutableArray<ClientRecord> Read(SharedEntry? entry) => entry is null ? []
        : [.. (FleetJson.Read(entry.Value, FleetJson.Default.ClientRecordArray) ?? []).Where(IsWhole)];

    private static string? Write(ClientRecord[] records) =>
        records.Length == 0 ? null : JsonSerializer.Serialize(records, FleetJson.Default.ClientRecordArray);

    // Another program may have written it.
    private static bool IsWhole(ClientRecord? record) => record is { DnsName: not null, RecordType: not null }
        && !record.Targets.IsDefault && record.Targets.All(t => t is not null)
        && record.ProviderSpecific?.Any(p => p is not { Name: not null, Value: not null }) != true;
}
