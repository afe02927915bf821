using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Serves zones as several servers publish them together: the serial of a version is what all have agreed on, and goes
/// with its content alone. What this server has beyond that it answers at once; other servers copy the last version
/// that was agreed on until the next one is. Used by one caller at a time.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="agreed">The version of a zone that was agreed on last; null for none that is known.</param>
/// <param name="remembered">The last serials that are known of an earlier run, by origin.</param>
public sealed class SharedZonePublisher(TimeProvider time, Func<DnsName, ZoneVersion?> agreed,
    IReadOnlyDictionary<DnsName, uint> remembered)
{
    private readonly Dictionary<DnsName, Published> _published = [];

    /// <summary>
    /// Every zone that is published together, with the version that this server would publish next; null where what it
    /// has was agreed on.
    /// </summary>
    public ImmutableDictionary<DnsName, ZoneProposal?> Proposals { get; private set; } =
        ImmutableDictionary<DnsName, ZoneProposal?>.Empty;

    /// <summary>
    /// Whether servers agree on versions of a zone. A secondary that steers nothing has those of its primary.
    /// </summary>
    public static bool IsShared(AuthoritativeZone zone) => zone.Policy.IsPublished && zone.IsLoaded
        && (zone.Steers || zone.Policy.Primaries.IsEmpty);

    /// <inheritdoc cref="ZonePublisher.Publish"/>
    public (ZoneSet Zones, ImmutableArray<DnsName> Changed) Publish(
        ZoneSet zones, IReadOnlyCollection<DnsName>? changed = null)
    {
        var origins = ImmutableArray.CreateBuilder<DnsName>();
        var served = new Dictionary<DnsName, AuthoritativeZone>();
        foreach (var zone in zones.Zones.Where(z => z.Policy.IsPublished && z.IsLoaded))
        {
            var before = _published.GetValueOrDefault(zone.Origin);
            var next = IsShared(zone) ? Next(zone, before, changed) : Copy(zone, before);
            if (next.Agreed is not null && next.Agreed.Serial != before?.Agreed?.Serial)
                origins.Add(zone.Origin);
            served[zone.Origin] = next.Served;
            _published[zone.Origin] = next;
        }

        foreach (var gone in _published.Keys.Where(o => zones.Find(o.Canonical) is null).ToArray())
            _published.Remove(gone);
        Proposals = _published.Where(p => IsShared(p.Value.Compiled))
            .ToImmutableDictionary(p => p.Key, p => p.Value.Proposal);
        return served.Count == 0
            ? (zones, [])
            : (new ZoneSet(zones.Zones.Select(z => served.GetValueOrDefault(z.Origin, z)), zones.Keys.Values),
                origins.ToImmutable());
    }

    private Published Next(AuthoritativeZone zone, Published? before, IReadOnlyCollection<DnsName>? changed)
    {
        var now = time.GetUtcNow();
        var isSame = before is not null && ReferenceEquals(before.Compiled, zone)
            && changed?.Any(n => zone.Find(n.Canonical) is { Steered: not null }) == false;
        var own = before is not null && before.Compiled.SharesNodesWith(zone) ? before.Own : ContentDigest.Of(zone);
        var defaults = isSame ? before!.Defaults : ZoneContent.DefaultsOf(zone, now);
        var digest = own.With(defaults).ToString();
        var known = agreed(zone.Origin);
        var last = before?.Agreed?.Serial
            ?? (remembered.TryGetValue(zone.Origin, out var serial) ? serial : null as uint?);
        var isBehind = known is not null && last is { } served && Soa.IsLater(served, known.Serial);
        if (known is not null && known.Digest == digest && !isBehind)
        {
            var version = VersionOf(zone, before?.Agreed, known.Serial, defaults);
            return new Published(zone, own, defaults, version, version, null);
        }

        var proposal = known is null ? new ZoneVersion(ZoneSerials.First(zone, last, now), digest)
            : new ZoneVersion(ZoneSerials.Next(zone, ZoneSerials.Greater(known.Serial, last ?? known.Serial), now),
                isBehind ? known.Digest : digest);
        return new Published(zone, own, defaults, before?.Agreed,
            zone.AsPending(last ?? zone.Serial, defaults, before?.Agreed), new ZoneProposal(proposal, isBehind));
    }

    private static Published Copy(AuthoritativeZone zone, Published? before)
    {
        var version = VersionOf(zone, before?.Agreed, zone.Serial, []);
        return new Published(zone, default, [], version, version, null);
    }

    private static AuthoritativeZone VersionOf(AuthoritativeZone zone, AuthoritativeZone? before, uint serial,
        ImmutableArray<RecordSet> defaults)
    {
        if (serial != zone.Serial && zone.Apex.Find(RecordType.ZONEMD) is not null)
            zone = ZoneHistory.WithoutDigest(zone);
        if (before is null)
            return zone.AsVersion(serial, defaults, []);
        if (before.Serial == serial && before.SharesNodesWith(zone))
            return before;
        if (before.Serial == serial)
            return zone.AsVersion(serial, defaults, before.Changes);
        var difference = ZoneContent.Difference(before, zone.AsVersion(before.Serial, defaults, []));
        return ZoneHistory.Continue(before, zone, serial, defaults, difference);
    }

    /// <param name="Compiled">The zone as it was compiled.</param>
    /// <param name="Own">The digest of its own records.</param>
    /// <param name="Defaults">The answers that stand for its steered names.</param>
    /// <param name="Agreed">The version that others copy; null for none.</param>
    /// <param name="Served">What is served.</param>
    /// <param name="Proposal">What would be published next.</param>
    private sealed record Published(AuthoritativeZone Compiled, ContentDigest Own, ImmutableArray<RecordSet> Defaults,
        AuthoritativeZone? Agreed, AuthoritativeZone Served, ZoneProposal? Proposal);
}
