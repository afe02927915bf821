using Meridian.Model.Resources;

namespace Meridian.Model.Naming;

/// <summary>A zone with its origin in canonical form and its records by owner.</summary>
public sealed class NamedZone
{
    private readonly Lazy<ILookup<string, ZoneRecord>> _records;

    internal NamedZone(Zone zone, string origin)
    {
        (Zone, Origin) = (zone, origin);
        _records = new(() => zone.Records.ToLookup(r => r.OwnerIn(origin)));
    }

    public Zone Zone { get; }

    /// <summary>The origin in canonical form.</summary>
    public string Origin { get; }

    /// <summary>The records that the resource gives a name, which is in canonical form.</summary>
    public IEnumerable<ZoneRecord> RecordsAt(string name) => _records.Value[name];

    /// <summary>Whether the name, in canonical form, is a name server of the zone.</summary>
    public bool IsNameServer(string name) =>
        Zone.NameServers.Any(s => s.Name.TrimEnd('.').Equals(name, StringComparison.OrdinalIgnoreCase));
}
