using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Serving;
using Meridian.Dns.Signing;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>Collects the data of a zone, checks that it is consistent, and builds the zone.</summary>
public sealed class ZoneBuilder(DnsName origin, ZonePolicy? policy = null, ZoneSigner? signer = null)
{
    private readonly Dictionary<(DnsName Owner, RecordType Type), List<MasterRecord>> _sets = [];
    private readonly Dictionary<DnsName, ISteeredName> _steered = [];
    private readonly List<ZoneFault> _faults = [];

    /// <summary>What a person should look at, once the faults were looked for.</summary>
    public ImmutableArray<ZoneFault> Warnings { get; private set; } = [];

    public void Add(MasterRecord record)
    {
        if (!record.Owner.IsAtOrBelow(origin))
        {
            Fault(record, $"{record.Owner} is outside the zone {origin}");
            return;
        }

        var key = (record.Owner, record.Type);
        if (!_sets.TryGetValue(key, out var records))
            _sets[key] = records = [];
        var same = CanonicalData.ComparerOf(record.Type);
        if (!records.Any(r => same.Equals(r.Data, record.Data)))
            records.Add(record);
    }

    /// <summary>
    /// Replaces the records of the set's name and type; a set without data removes them.
    /// </summary>
    public void Replace(RecordSet set)
    {
        _sets.Remove((set.Owner, set.Type));
        foreach (var data in set.Data)
            Add(new MasterRecord(set.Owner, set.Type, set.Ttl, data, "", 0));
    }

    /// <summary>Removes the records of a name and type; gives one of them, or null where there are none.</summary>
    public MasterRecord? Remove(DnsName owner, RecordType type) =>
        _sets.Remove((owner, type), out var records) ? records[0] : null;

    public bool Has(DnsName owner, RecordType type) => _sets.ContainsKey((owner, type));

    /// <summary>Lets <paramref name="steered"/> answer for the addresses of <paramref name="owner"/>.</summary>
    public void Steer(DnsName owner, ISteeredName steered)
    {
        if (_steered.TryAdd(owner, steered))
            return;
        _faults.Add(new ZoneFault("", 0, $"{owner} is steered twice"));
    }

    /// <summary>Builds the zone; null when there are faults.</summary>
    public AuthoritativeZone? Build(out ImmutableArray<ZoneFault> faults)
    {
        faults = FindFaults();
        return faults.IsEmpty ? Assemble() : null;
    }

    /// <summary>What is wrong with the data, without building the zone.</summary>
    public ImmutableArray<ZoneFault> FindFaults()
    {
        foreach (var set in signer?.KeySets ?? [])
        {
            foreach (var data in set.Data)
                Add(new MasterRecord(set.Owner, set.Type, set.Ttl, data, "", 0));
        }

        var check = new ZoneCheck(origin, _sets, _steered);
        Warnings = [.. check.Warnings()];
        return [.. _faults, .. check.Faults()];
    }

    private AuthoritativeZone Assemble()
    {
        var owners = ZoneCheck.NamesOf(origin, _sets.Keys.Select(k => k.Owner).Concat(_steered.Keys));
        var byOwner = _sets.ToLookup(s => s.Key.Owner, s => ToSet(s.Value));
        var nodes = new Dictionary<DnsName, ZoneNode>(owners.Count);
        foreach (var owner in owners.OrderBy(o => o.LabelCount))
        {
            nodes.Add(owner, new ZoneNode(owner, [.. byOwner[owner].OrderBy(s => s.Type)],
                _steered.GetValueOrDefault(owner),
                owner.Equals(origin) ? null : nodes[owner.Parent!]));
        }

        foreach (var node in nodes.Values.Where(n => n.Name.IsWildcard && !n.Name.Equals(origin)))
            nodes[node.Name.Parent!].Wildcard = node;
        return new AuthoritativeZone(origin, nodes.Values, policy ?? ZonePolicy.None, signer);
    }

    private static RecordSet ToSet(List<MasterRecord> records) =>
        new(records[0].Owner, records[0].Type, records[0].Ttl, [.. records.Select(r => r.Data)]);

    private void Fault(MasterRecord record, string message) =>
        _faults.Add(new ZoneFault(record.File, record.Line, message));
}
