using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Updates;

/// <summary>
/// Checks an update against a zone and computes the record sets that it changes (RFC 2136 section 3).
/// </summary>
internal static class UpdateRules
{
    private const int MaxRecords = 10_000;

    public static ResponseCode Apply(
        AuthoritativeZone zone, ImmutableArray<UpdateRecord> prerequisites, ImmutableArray<UpdateRecord> updates,
        out ZoneUpdate update)
    {
        update = new ZoneUpdate([]);
        var code = Prerequisites(zone, prerequisites);
        if (code == ResponseCode.NoError)
            code = Prescan(zone, updates);
        if (code != ResponseCode.NoError)
            return code;
        var changed = new Dictionary<(DnsName, RecordType), RecordSet>();
        foreach (var record in updates)
            Apply(zone, record, changed);
        update = new ZoneUpdate([.. changed.Values.Where(s => !Same(s, zone.Find(s.Owner.Canonical)?.Find(s.Type)))]);
        return ResponseCode.NoError;
    }

    // Section 3.2.
    private static ResponseCode Prerequisites(AuthoritativeZone zone, ImmutableArray<UpdateRecord> prerequisites)
    {
        foreach (var record in prerequisites)
        {
            if (record.Ttl != 0)
                return ResponseCode.FormErr;
            if (!record.Owner.IsAtOrBelow(zone.Origin))
                return ResponseCode.NotZone;
            var node = zone.Find(record.Owner.Canonical);
            var inUse = node is not null && (!node.Sets.IsEmpty || node.Steered is not null);
            switch (record.Class)
            {
                case UpdateRecord.ClassAny when record.Data.Length > 0:
                case UpdateRecord.ClassNone when record.Data.Length > 0:
                    return ResponseCode.FormErr;
                case UpdateRecord.ClassAny when record.Type == RecordType.ANY:
                    if (!inUse)
                        return ResponseCode.NXDomain;
                    break;
                case UpdateRecord.ClassAny:
                    if (node?.Find(record.Type) is null)
                        return ResponseCode.NXRRSet;
                    break;
                case UpdateRecord.ClassNone when record.Type == RecordType.ANY:
                    if (inUse)
                        return ResponseCode.YXDomain;
                    break;
                case UpdateRecord.ClassNone:
                    if (node?.Find(record.Type) is not null)
                        return ResponseCode.YXRRSet;
                    break;
                case UpdateRecord.ClassIn when !RecordTypes.IsMeta(record.Type):
                    break;
                default:
                    return ResponseCode.FormErr;
            }
        }

        // Section 3.2.3: record sets that must be exactly as given.
        foreach (var wanted in prerequisites.Where(p => p.Class == UpdateRecord.ClassIn)
            .GroupBy(p => (p.Owner, p.Type)))
        {
            var data = zone.Find(wanted.Key.Owner.Canonical)?.Find(wanted.Key.Type)?.Data ?? [];
            if (!data.ToHashSet(CanonicalData.ComparerOf(wanted.Key.Type)).SetEquals(wanted.Select(w => w.Data)))
                return ResponseCode.NXRRSet;
        }

        return ResponseCode.NoError;
    }

    // Section 3.4.1.
    private static ResponseCode Prescan(AuthoritativeZone zone, ImmutableArray<UpdateRecord> updates)
    {
        if (updates.Length > MaxRecords)
            return ResponseCode.Refused;
        foreach (var record in updates)
        {
            if (!record.Owner.IsAtOrBelow(zone.Origin))
                return ResponseCode.NotZone;
            var meta = RecordTypes.IsMeta(record.Type);
            var sound = record.Class switch
            {
                UpdateRecord.ClassIn => !meta && record.Data.Length > 0,
                UpdateRecord.ClassAny =>
                    record.Ttl == 0 && record.Data.Length == 0 && (!meta || record.Type == RecordType.ANY),
                UpdateRecord.ClassNone => record.Ttl == 0 && !meta,
                _ => false,
            };
            if (!sound)
                return ResponseCode.FormErr;

            // Steered names belong to the configuration, and signing records to the signer.
            if (zone.Find(record.Owner.Canonical)?.Steered is not null || RecordTypes.IsOfSigning(record.Type))
                return ResponseCode.Refused;
        }

        return ResponseCode.NoError;
    }

    // Section 3.4.2.
    private static void Apply(
        AuthoritativeZone zone, UpdateRecord record, Dictionary<(DnsName, RecordType), RecordSet> changed)
    {
        var apex = record.Owner.Equals(zone.Origin);
        if (record.Class == UpdateRecord.ClassIn)
        {
            Add(zone, record, changed);
            return;
        }

        var types = record.Type == RecordType.ANY
            ? TypesOf(zone, record.Owner, changed)
            : [record.Type];
        foreach (var type in types.ToArray())
        {
            if (Current(zone, record.Owner, type, changed) is not { } set || type == RecordType.SOA)
                continue;
            var rest = record.Class == UpdateRecord.ClassAny
                ? [] : set.Data.Remove(record.Data, CanonicalData.ComparerOf(type));

            // The zone keeps a name server.
            if (apex && type == RecordType.NS && rest.IsEmpty)
                continue;
            changed[(record.Owner, type)] = set with { Data = rest };
        }
    }

    private static void Add(
        AuthoritativeZone zone, UpdateRecord record, Dictionary<(DnsName, RecordType), RecordSet> changed)
    {
        var key = (record.Owner, record.Type);
        var set = Current(zone, record.Owner, record.Type, changed);
        var alias = Current(zone, record.Owner, RecordType.CNAME, changed) is { Data.IsEmpty: false };
        var others = TypesOf(zone, record.Owner, changed)
            .Any(t => t is not (RecordType.CNAME or RecordType.RRSIG or RecordType.NSEC));
        switch (record.Type)
        {
            case RecordType.CNAME when others:
            case not RecordType.CNAME when alias:
                return;
            case RecordType.SOA:
                if (record.Owner.Equals(zone.Origin) && Soa.IsLater(Soa.SerialOf(record.Data), zone.Serial))
                    changed[key] = new RecordSet(record.Owner, record.Type, record.Ttl, [record.Data]);
                return;
            case RecordType.CNAME or RecordType.DNAME:
                changed[key] = new RecordSet(record.Owner, record.Type, record.Ttl, [record.Data]);
                return;
            default:
                var data = set?.Data ?? [];
                changed[key] = new RecordSet(record.Owner, record.Type, record.Ttl,
                    data.Contains(record.Data, CanonicalData.ComparerOf(record.Type)) ? data : data.Add(record.Data));
                return;
        }
    }

    private static RecordSet? Current(AuthoritativeZone zone, DnsName owner, RecordType type,
        Dictionary<(DnsName, RecordType), RecordSet> changed) =>
        changed.TryGetValue((owner, type), out var set) ? set : zone.Find(owner.Canonical)?.Find(type);

    private static IEnumerable<RecordType> TypesOf(
        AuthoritativeZone zone, DnsName owner, Dictionary<(DnsName, RecordType), RecordSet> changed) =>
        (zone.Find(owner.Canonical)?.Sets.Select(s => s.Type) ?? [])
            .Concat(changed.Keys.Where(k => k.Item1.Equals(owner)).Select(k => k.Item2))
            .Distinct()
            .Where(t => Current(zone, owner, t, changed) is { Data.IsEmpty: false });

    private static bool Same(RecordSet set, RecordSet? before) =>
        before is null
            ? set.Data.IsEmpty
            : set.Ttl == before.Ttl && set.Data.ToHashSet(CanonicalData.ComparerOf(set.Type)).SetEquals(before.Data);
}
