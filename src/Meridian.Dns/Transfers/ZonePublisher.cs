using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Gives each new version of a zone that other servers copy a later serial, and remembers the changes between versions.
/// A serial is the time in Unix seconds, or one more than the last serial where that is later (RFC 1982); the serial in
/// the configuration is the minimum. Over a restart it rises too, after a burst of changes and with a clock that has
/// gone back as well, where the last serials are remembered. Used by one caller at a time.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="remembered">The last serials that are known of an earlier run, by origin.</param>
public sealed class ZonePublisher(TimeProvider time, IReadOnlyDictionary<DnsName, uint>? remembered = null)
{
    /// <summary>
    /// How far a serial goes beyond one that is remembered: so many versions may have followed it that a crash of the
    /// machine kept from the disk.
    /// </summary>
    public const uint Gap = 1000;

    /// <summary>Most remembered versions of a zone, which incremental transfers can begin at.</summary>
    public const int MaxChanges = 100;

    /// <summary>Most records in all remembered changes of a zone.</summary>
    public const int MaxRecords = 100_000;

    private readonly Dictionary<DnsName, AuthoritativeZone> _published = [];

    /// <summary>Returns the zones with their serials, and the origins of those that have a new version.</summary>
    /// <param name="zones">The zones as they were compiled.</param>
    /// <param name="changed">The steered names whose answers can be others than at the last call, for the same zones;
    /// null where anything can be different.</param>
    public (ZoneSet Zones, ImmutableArray<DnsName> Changed) Publish(
        ZoneSet zones, IReadOnlyCollection<DnsName>? changed = null)
    {
        var origins = ImmutableArray.CreateBuilder<DnsName>();
        var versions = new Dictionary<DnsName, AuthoritativeZone>();
        foreach (var zone in zones.Zones.Where(z => z.Policy.IsPublished && z.IsLoaded))
        {
            var before = _published.GetValueOrDefault(zone.Origin);
            var next = before is not null && changed?.Any(n => IsSteeredBy(zone, n)) == false
                ? before : Next(zone, before);
            if (before is null || next.Serial != before.Serial)
                origins.Add(zone.Origin);
            versions[zone.Origin] = _published[zone.Origin] = next;
        }

        foreach (var gone in _published.Keys.Where(o => zones.Find(o.Canonical) is null).ToArray())
            _published.Remove(gone);
        return versions.Count == 0
            ? (zones, [])
            : (new ZoneSet(zones.Zones.Select(z => versions.GetValueOrDefault(z.Origin, z)), zones.Keys.Values),
                origins.ToImmutable());
    }

    private static bool IsSteeredBy(AuthoritativeZone zone, DnsName name) =>
        zone.Find(name.Canonical) is { Steered: not null };

    // A digest holds with the serial that it was made with and with no other (RFC 8976 section 4).
    private AuthoritativeZone Next(AuthoritativeZone zone, AuthoritativeZone? before)
    {
        var next = VersionOf(zone, before);
        return next.Serial == zone.Serial || zone.Apex.Find(RecordType.ZONEMD) is null
            ? next : VersionOf(ZoneHistory.WithoutDigest(zone), before);
    }

    private AuthoritativeZone VersionOf(AuthoritativeZone zone, AuthoritativeZone? before)
    {
        var now = time.GetUtcNow();
        var defaults = ZoneContent.DefaultsOf(zone, now);
        if (before is null)
            return zone.AsVersion(ZoneSerials.First(zone, LastOf(zone), now), defaults, []);

        var difference = ZoneContent.Difference(before, zone.AsVersion(before.Serial, defaults, []));
        var same = difference.Size == 0 && !Soa.IsLater(zone.Serial, before.Serial);
        if (same && before.SharesNodesWith(zone))
            return before;
        return same ? zone.AsVersion(before.Serial, defaults, before.Changes)
            : ZoneHistory.Continue(before, zone, ZoneSerials.Next(zone, before.Serial, now), defaults, difference);
    }

    private uint? LastOf(AuthoritativeZone zone) =>
        remembered is not null && remembered.TryGetValue(zone.Origin, out var last) ? last : null;
}
