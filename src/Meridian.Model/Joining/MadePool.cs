using Meridian.Addresses;
using Meridian.Model.Resources;

namespace Meridian.Model.Joining;

/// <summary>Makes the pool of a contribution, and the health check that it asks for.</summary>
internal static class MadePool
{
    /// <summary>The pool, after the check where one is made; equal checks have equal names.</summary>
    /// <param name="one">The contribution.</param>
    /// <param name="hostname">The host name in canonical form.</param>
    /// <param name="endpoint">The endpoint of the name, which the pool joins.</param>
    /// <param name="resources">The configuration.</param>
    public static IEnumerable<Resource> Of(
        Contribution one, string hostname, GlobalEndpoint endpoint, ResourceSet resources)
    {
        var check = one.HealthCheck is null ? CheckOf(one) : null;
        if (check is not null)
            yield return check;
        yield return new AddressPool
        {
            Name = one.Pool,
            Site = one.Site,
            Policy = one.Addresses.Any(a => a.Weight != 1) ? PoolPolicy.Weighted : PoolPolicy.All,
            HealthCheck = one.HealthCheck ?? check?.Name,
            Addresses = [.. one.Addresses.Select(a => a.Port is null ? a with { Port = one.Port } : a)],
            Flatten = one.Addresses.Any(a => IsHostName(a.Value))
                && (one.Addresses.Length > 1 || endpoint.BackupAnswer || !CanBeAlias(hostname, resources)),
            Location = new Location(one.Source, 0, 0),
        };
    }

    // A CNAME can stand neither beside anything else nor at an origin.
    private static bool CanBeAlias(string hostname, ResourceSet resources) =>
        resources.ZoneNames.ZoneOf(hostname) is not { } zone
        || (zone.Origin != hostname && !zone.RecordsAt(hostname).Any());

    private static bool IsHostName(string text) => !IpText.IsMeant(text);

    private static HealthCheck? CheckOf(Contribution one)
    {
        if (one is { HealthPath: null, Port: null })
            return null;
        var port = one.Port ?? 443;
        if (one.HealthPath is not { } path)
            return new HealthCheck { Name = $"joined-tcp-{port}", Tcp = new TcpCheck { Port = port } };
        return new HealthCheck
        {
            Name = $"joined-http-{port}-{Math.Abs(StableHash(path))}",
            Http = new HttpCheck
            {
                Path = path,
                Port = port,
                Scheme = port is 443 or 8443 ? HttpScheme.Https : HttpScheme.Http,
            },
        };
    }

    // Names must be the same in the next run, which string.GetHashCode is not.
    private static int StableHash(string text)
    {
        var hash = 17;
        foreach (var c in text)
            hash = unchecked((hash * 31) + c);
        return hash == int.MinValue ? 0 : hash;
    }
}
