using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>All zones of a server, immutable: a reload makes a new set, and a query sees one set only.</summary>
public sealed class ZoneSet
{
    private readonly Dictionary<DnsName, Zone> _byOrigin;
    private readonly Dictionary<DnsName, Zone>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public ZoneSet(IEnumerable<Zone> zones)
    {
        _byOrigin = new Dictionary<DnsName, Zone>(DnsNameComparer.Instance);
        foreach (var zone in zones)
            _byOrigin.Add(zone.Origin, zone);
        _lookup = _byOrigin.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public static ZoneSet Empty { get; } = new([]);

    public IReadOnlyCollection<Zone> Zones => _byOrigin.Values;

    /// <summary>
    /// The zone with the longest origin that <paramref name="name"/> (canonical) is at or below; null for none.
    /// DS belongs to the parent's side of a cut (RFC 4035 section 3.1.4.1).
    /// </summary>
    public Zone? Find(ReadOnlySpan<byte> name, RecordType type)
    {
        Zone? child = null;
        for (var at = 0; ; at += name[at] + 1)
        {
            if (_lookup.TryGetValue(name[at..], out var zone))
            {
                if (at > 0 || type != RecordType.DS)
                    return zone;
                child = zone;
            }

            if (name[at] == 0)
                return child;
        }
    }
}
