using System.Collections.Frozen;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>All zones of a server, immutable: a reload makes a new set, and a query sees one set only.</summary>
public sealed class ZoneSet
{
    private readonly NameTable<AuthoritativeZone> _zones;

    // One bit for each label count that some origin has, so that a query probes the table once or twice and not for
    // every name above its own.
    private readonly UInt128 _depths;

    public ZoneSet(IEnumerable<AuthoritativeZone> zones, IEnumerable<SharedKey>? keys = null)
    {
        Keys = (keys ?? []).ToFrozenDictionary(k => k.Name);
        _zones = new NameTable<AuthoritativeZone>([.. zones], z => z.Origin);
        foreach (var zone in _zones.Values)
            _depths |= UInt128.One << zone.Origin.LabelCount;
    }

    public static ZoneSet Empty { get; } = new([]);

    /// <summary>The secrets that are shared with other servers, by name.</summary>
    public FrozenDictionary<DnsName, SharedKey> Keys { get; }

    public IEnumerable<AuthoritativeZone> Zones => _zones.Values;

    /// <summary>The zone with exactly this origin, in canonical form.</summary>
    public AuthoritativeZone? Find(ReadOnlySpan<byte> origin) => _zones.Find(origin);

    /// <summary>
    /// The zone with the longest origin that a name is at or below; null for none. DS belongs to the parent's side of a
    /// cut (RFC 4035 section 3.1.4.1).
    /// </summary>
    internal AuthoritativeZone? Find(scoped in NameKeys keys, RecordType type)
    {
        AuthoritativeZone? child = null;
        for (var i = 0; i <= keys.Labels; i++)
        {
            if (((_depths >> (keys.Labels - i)) & UInt128.One) == UInt128.Zero
                || _zones.Find(keys.Name(i), keys.Hash(i)) is not { } zone)
                continue;
            if (i > 0 || type != RecordType.DS)
                return zone;
            child = zone;
        }

        return child;
    }

    /// <summary>The set with one zone replaced or added.</summary>
    public ZoneSet With(AuthoritativeZone zone) =>
        new(_zones.Values.Where(z => !z.Origin.Equals(zone.Origin)).Append(zone), Keys.Values);
}
