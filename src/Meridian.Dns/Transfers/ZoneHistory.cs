using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>Versions of a zone with the changes that lead to them.</summary>
internal static class ZoneHistory
{
    /// <summary>A version after another, which remembers the changes between them and those before.</summary>
    public static AuthoritativeZone Continue(AuthoritativeZone before, AuthoritativeZone zone, uint serial,
        ImmutableArray<RecordSet> defaults, ZoneChange difference)
    {
        var version = zone.AsVersion(serial, defaults, []);
        var changes = before.Changes.Add(difference with { From = before.Soa, To = version.Soa });
        while (changes.Length > ZonePublisher.MaxChanges
            || (changes.Length > 0 && changes.Sum(c => c.Size) > ZonePublisher.MaxRecords))
            changes = changes.RemoveAt(0);
        return version.AsVersion(serial, defaults, changes);
    }

    /// <summary>The zone without a digest that was made for another serial (RFC 8976 section 4).</summary>
    public static AuthoritativeZone WithoutDigest(AuthoritativeZone zone)
    {
        var builder = new ZoneBuilder(zone.Origin, zone.Policy, zone.Signer);
        foreach (var set in zone.Nodes.SelectMany(n => n.Sets))
            builder.Replace(set);
        foreach (var node in zone.SteeredNodes)
            builder.Steer(node.Name, node.Steered!);
        builder.Remove(zone.Origin, RecordType.ZONEMD);
        return builder.Build(out _)!;
    }
}
