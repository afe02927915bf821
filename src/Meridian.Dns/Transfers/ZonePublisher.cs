using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Gives each new version of a zone that other servers copy a later serial, and remembers the changes between versions.
/// A serial is the time in Unix seconds, or one more than the last serial where that is later (RFC 1982), so that it
/// also rises over a restart; the serial in the configuration is the minimum. Used by one caller at a time.
/// </summary>
public sealed class ZonePublisher(TimeProvider time)
{
    /// <summary>Most remembered versions of a zone, which incremental transfers can begin at.</summary>
    public const int MaxChanges = 100;

    /// <summary>Most records in all remembered changes of a zone.</summary>
    public const int MaxRecords = 100_000;

    private readonly Dictionary<DnsName, AuthoritativeZone> _published = [];

    /// <summary>Returns the zones with their serials, and the origins of those that have a new version.</summary>
    public (ZoneSet Zones, ImmutableArray<DnsName> Changed) Publish(ZoneSet zones)
    {
        var changed = ImmutableArray.CreateBuilder<DnsName>();
        var result = zones;
        foreach (var zone in zones.Zones.Where(z => z.Policy.IsPublished && z.IsLoaded))
        {
            var before = _published.GetValueOrDefault(zone.Origin);
            var next = Next(zone, before);
            if (before is null || next.Serial != before.Serial)
                changed.Add(zone.Origin);
            _published[zone.Origin] = next;
            if (!ReferenceEquals(next, zone))
                result = result.With(next);
        }

        foreach (var gone in _published.Keys.Where(o => zones.Find(o.Canonical) is null).ToArray())
            _published.Remove(gone);
        return (result, changed.ToImmutable());
    }

    private AuthoritativeZone Next(AuthoritativeZone zone, AuthoritativeZone? before)
    {
        var now = time.GetUtcNow();
        var defaults = ZoneContent.DefaultsOf(zone, now);
        if (before is null)
            return zone.AsVersion(zone.Steers || !zone.Policy.Update.IsEmpty ? Later(zone.Serial, now) : zone.Serial,
                defaults, []);

        var difference = ZoneContent.Difference(before, zone.AsVersion(before.Serial, defaults, []));
        var same = difference.Size == 0 && !Soa.IsLater(zone.Serial, before.Serial);
        if (same && before.SharesNodesWith(zone))
            return before;
        if (same)
            return zone.AsVersion(before.Serial, defaults, before.Changes);

        // A secondary keeps the serial of its own primary where the zone steers nothing.
        var serial = Soa.IsLater(zone.Serial, before.Serial)
            && !zone.Steers ? zone.Serial : Later(Greater(before.Serial + 1, zone.Serial), now);
        var version = zone.AsVersion(serial, defaults, []);
        var changes = before.Changes.Add(difference with { From = before.Soa, To = version.Soa });
        while (changes.Length > MaxChanges || (changes.Length > 0 && changes.Sum(c => c.Size) > MaxRecords))
            changes = changes.RemoveAt(0);
        return version.AsVersion(serial, defaults, changes);
    }

    private static uint Greater(uint a, uint b) => Soa.IsLater(b, a) ? b : a;

    private static uint Later(uint serial, DateTimeOffset now) => Greater(serial, (uint)now.ToUnixTimeSeconds());
}
