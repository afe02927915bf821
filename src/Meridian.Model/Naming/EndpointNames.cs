using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Naming;

/// <summary>
/// Decides whether endpoints can stand at their host names: inside a zone, one at each name, and beside what the zone's
/// own records say there. It looks at a set of resources alone, so that the same rules hold for what was read from
/// files and for what clusters and clients with records have added to it.
/// </summary>
public static class EndpointNames
{
    /// <summary>Every endpoint that cannot stand at its name.</summary>
    public static IEnumerable<NameFault> Check(ResourceSet set) =>
        from endpoint in set.Endpoints
        from reason in HostName.TryNormalize(endpoint.Hostname, out var name, out var error, wildcard: true)
            ? FaultsOf(endpoint, name, set)
            : [$"`{endpoint.Hostname}`: {error}"]
        select new NameFault(endpoint, reason);

    /// <summary>Why an endpoint cannot stand at its name; nothing where it can.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="name">Its host name in canonical form.</param>
    /// <param name="set">Everything else.</param>
    public static IEnumerable<string> FaultsOf(GlobalEndpoint endpoint, string name, ResourceSet set)
    {
        if (set.ZoneNames.ZoneOf(name) is not { } zone)
        {
            // One whose origin cannot be read is a fault of that zone, and might be the one that is meant.
            if (set.Zones.All(z => DomainName.TryNormalize(z.Origin, null, out _, out _)))
                yield return OutsideEveryZone(name, set);
            yield break;
        }

        if (set.HostnameOwner(name) is { } owner && owner != endpoint.Name)
            yield return $"`{name}` already belongs to GlobalEndpoint `{owner}`";
        var alias = endpoint.Pools.Any(p => set.Pools.TryGetValue(p.Pool, out var pool) && pool.IsAlias);
        if (alias && name == zone.Origin)
            yield return $"`{name}` is the zone's origin, where a CNAME cannot stand; " +
                "set `flatten: true` on the pools of host names";
        foreach (var reason in ClashesOf(name, alias, zone))
            yield return reason;
    }

    /// <summary>Why nothing can be steered at a name; nothing where it can.</summary>
    /// <param name="name">The name in canonical form.</param>
    /// <param name="set">The zones.</param>
    public static IEnumerable<string> FaultsOf(string name, ResourceSet set) =>
        set.ZoneNames.ZoneOf(name) is { } zone ? ClashesOf(name, alias: false, zone) : [OutsideEveryZone(name, set)];

    private static string OutsideEveryZone(string name, ResourceSet set) =>
        $"`{name}` is outside every zone; " +
        (set.Zones.IsEmpty ? "there is no Zone" : $"there are {string.Join(", ", set.Zones.Select(z => z.Origin))}");

    // A CNAME stands alone (RFC 1034 section 3.6.2). Steered addresses stand beside anything but addresses and a CNAME.
    private static IEnumerable<string> ClashesOf(string name, bool alias, NamedZone zone)
    {
        if (zone.RecordsAt(name).FirstOrDefault(r => alias || r.IsAddressOrAlias) is { } record)
            yield return $"`{name}` is owned twice: Zone `{zone.Zone.Name}` has a {record.Type} record there " +
                $"({record.Location})";
        if (zone.IsNameServer(name))
            yield return $"`{name}` is owned twice: it is a name server of Zone `{zone.Zone.Name}`";
    }
}
