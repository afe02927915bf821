using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Transfers;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Running.Control;
using Meridian.State;

namespace Meridian.Running.Features;

/// <summary>The data of zones as the store keeps it. What cannot be read in it is left out.</summary>
internal static class StoredZones
{
    /// <summary>The transferred zones, and when their primaries last said that they were current.</summary>
    public static ImmutableDictionary<DnsName, (ImmutableArray<MasterRecord> Records, DateTimeOffset CheckedAt)>
        TransfersOf(IEnumerable<StoredZone> zones) =>
        (from stored in zones
         let origin = NameOf(stored.Origin)
         let records = ZoneBytes.Read(stored.Records)
         where origin is not null && records is not null
         select KeyValuePair.Create(origin, (records.Value, stored.CheckedAt))).ToImmutableDictionary();

    /// <summary>The record sets that dynamic updates have changed, and these transfers.</summary>
    public static ZoneData Read(IEnumerable<StoredRecordSet> updated,
        ImmutableDictionary<DnsName, (ImmutableArray<MasterRecord> Records, DateTimeOffset CheckedAt)> transfers)
    {
        var data = new ZoneData { Transferred = transfers.ToImmutableDictionary(t => t.Key, t => t.Value.Records) };
        var sets = from stored in updated
                   let origin = NameOf(stored.Zone)
                   let set = SetOf(stored)
                   where origin is not null && set is not null
                   select (Origin: origin, Set: set);
        return sets.GroupBy(s => s.Origin, s => s.Set).Aggregate(data, (all, zone) => all.WithSets(zone.Key, zone));
    }

    /// <summary>The last serials of zones.</summary>
    public static Dictionary<DnsName, uint> SerialsOf(IEnumerable<KeyValuePair<string, uint>> serials) =>
        serials.Select(s => (Origin: NameOf(s.Key), Serial: s.Value)).Where(s => s.Origin is not null)
            .ToDictionary(s => s.Origin!, s => s.Serial);

    public static StoredRecordSet Of(DnsName origin, RecordSet set) => new(origin.ToString(), set.Owner.ToString(),
        (int)set.Type, ZoneBytes.Write(set.Data.Select(d => new MasterRecord(set.Owner, set.Type, set.Ttl, d, "", 0))));

    /// <summary>A record set; null where it cannot be read.</summary>
    public static RecordSet? SetOf(StoredRecordSet stored)
    {
        if (NameOf(stored.Owner) is not { } owner || ZoneBytes.Read(stored.Records) is not { } records)
            return null;
        return new RecordSet(owner, (RecordType)stored.Type, records.IsEmpty ? 0 : records[0].Ttl,
            [.. records.Select(r => r.Data)]);
    }

    private static DnsName? NameOf(string text) => DnsName.TryParse(text, null, out var name, out _) ? name : null;
}
