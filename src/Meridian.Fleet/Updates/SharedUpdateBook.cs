using System.Collections.Immutable;
using Meridian.State.Shared;

namespace Meridian.Fleet.Updates;

/// <summary>
/// The record sets that dynamic updates have changed, as the shared store has them. Of two keys that hold the same set
/// the one that was written later counts. Immutable.
/// </summary>
public sealed class SharedUpdateBook
{
    private readonly ImmutableDictionary<string, UpdatedZone> _zones;

    private SharedUpdateBook(long revision, ImmutableDictionary<string, UpdatedZone> zones) =>
        (Revision, _zones) = (revision, zones);

    /// <summary>What is known before anything was read.</summary>
    public static SharedUpdateBook Empty { get; } =
        new(0, ImmutableDictionary.Create<string, UpdatedZone>(StringComparer.Ordinal));

    /// <summary>The revision of the store that it is of.</summary>
    public long Revision { get; }

    /// <summary>A zone; <see cref="UpdatedZone.None"/> where the store does not know it.</summary>
    public UpdatedZone Find(string origin) => _zones.GetValueOrDefault(origin.ToLowerInvariant()) is { Head: > 0 } zone
        ? zone : UpdatedZone.None;

    /// <summary>Origins of the zones in which keys stand, or would.</summary>
    public static ImmutableHashSet<string> ZonesOf(IEnumerable<string> keys) =>
        [.. keys.Select(ZoneOf).OfType<string>()];

    /// <summary>The book after an update of the store.</summary>
    /// <param name="snapshot">The store.</param>
    /// <param name="keys">The keys that have changed.</param>
    public SharedUpdateBook After(SharedSnapshot snapshot, IEnumerable<string> keys)
    {
        var zones = _zones;
        var changes = from key in keys
                      let zone = ZoneOf(key)
                      where zone is not null
                      group key by zone;
        foreach (var change in changes)
        {
            // What stood in a key that is gone may stand in an earlier one too; that is rare, and read from all keys.
            var next = change.All(snapshot.Entries.ContainsKey)
                ? With(zones.GetValueOrDefault(change.Key, UpdatedZone.None), change.Key, snapshot, change)
                : With(UpdatedZone.None, change.Key, snapshot, KeysOf(snapshot, change.Key));
            zones = next == UpdatedZone.None ? zones.Remove(change.Key) : zones.SetItem(change.Key, next);
        }

        return new SharedUpdateBook(snapshot.Revision, zones);
    }

    private static UpdatedZone With(UpdatedZone zone, string origin, SharedSnapshot snapshot, IEnumerable<string> keys)
    {
        var head = FleetKeys.Update(origin);
        foreach (var entry in keys.Select(k => snapshot.Entries[k]).OrderBy(e => e.Modified))
        {
            zone = entry.Key == head ? zone with { Head = entry.Modified } : zone with
            {
                Sets = zone.Sets.SetItems(
                    from set in FleetJson.Read(entry.Value, FleetJson.Default.SharedRecordSetArray) ?? []
                    where set is { IsWhole: true }
                    select KeyValuePair.Create((set.Owner.ToLowerInvariant(), set.Type), set.In(origin))),
            };
        }

        return zone;
    }

    private static IEnumerable<string> KeysOf(SharedSnapshot snapshot, string origin)
    {
        var (head, below) = (FleetKeys.Update(origin), FleetKeys.Update(origin) + "/");
        return snapshot.Entries.Keys.Where(k => k == head || k.StartsWith(below, StringComparison.Ordinal));
    }

    private static string? ZoneOf(string key) => key.StartsWith(FleetKeys.Updates, StringComparison.Ordinal)
        ? Uri.UnescapeDataString(key[FleetKeys.Updates.Length..].Split('/', 2)[0]) : null;
}
