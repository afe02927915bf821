using System.Collections.Immutable;
using System.Net;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Joining;

/// <summary>
/// Makes pools of contributions and puts them into the endpoint of their host name, or makes that endpoint. What cannot
/// be taken is refused alone, with a reason; a sound configuration stays sound.
/// </summary>
public static class Joiner
{
    public static Joined Join(ResourceSet resources, IReadOnlyCollection<Contribution> contributions)
    {
        if (contributions.Count == 0)
            return new Joined(resources, ImmutableDictionary<string, string>.Empty);
        var refused = ImmutableDictionary.CreateBuilder<string, string>();
        var added = new List<Resource>();
        var endpoints = resources.Endpoints.ToDictionary(e => e.Name);
        var checks = new Dictionary<string, HealthCheck>();
        foreach (var group in contributions.OrderBy(c => c.Source, StringComparer.Ordinal)
            .GroupBy(c => Canonical(c.Hostname)))
        {
            if ((group.Key is null ? "it is no host name" : PlaceOf(resources, group.Key)) is { } misplaced)
            {
                foreach (var one in group)
                    refused[one.Source] = group.Key is null ? $"`{one.Hostname}` is no host name" : misplaced;
                continue;
            }

            var sound = group.Where(c => IsSound(resources, c, refused)).ToArray();
            if (sound.Length == 0)
                continue;
            var owner = resources.HostnameOwner(group.Key!);
            var endpoint = owner is null ? MakeEndpoint(group.Key!, sound) : endpoints[owner];
            foreach (var one in sound)
            {
                if (endpoint.Traits.NeedsSites && one.Site is null
                    && endpoint.Pools.Length + sound.Length > 1)
                {
                    refused[one.Source] = $"policy {endpoint.Policy} of `{group.Key}` needs to know where it is; give it a site";
                    continue;
                }

                added.Add(MakePool(resources, group.Key!, one, checks));
                endpoint = endpoint with { Pools = endpoint.Pools.Add(new EndpointPool
                {
                    Pool = one.Pool,
                    Weight = one.Weight,
                    Priority = one.Priority,
                }) };
            }

            if (!endpoint.Pools.IsEmpty)
                endpoints[endpoint.Name] = endpoint;
        }

        added.AddRange(checks.Values);
        return new Joined(new ResourceSet([.. resources.All.Where(r => r is not GlobalEndpoint), .. added,
            .. endpoints.Values]), refused.ToImmutable());
    }

    private static string? Canonical(string hostname) =>
        HostName.TryNormalize(hostname, out var name, out _, wildcard: true) ? name : null;

    // Why an endpoint of the name cannot be; null if it can.
    private static string? PlaceOf(ResourceSet resources, string hostname)
    {
        var zone = resources.Zones.Select(z => (Zone: z, Origin: Canonical(z.Origin)))
            .Where(z => z.Origin is not null && HostName.IsAtOrBelow(hostname, z.Origin))
            .OrderByDescending(z => z.Origin!.Length).FirstOrDefault();
        if (zone.Zone is null)
            return $"`{hostname}` is outside every zone; there are {string.Join(", ", resources.Zones.Select(z => z.Origin))}";
        if (resources.HostnameOwner(hostname) is not null)
            return null;
        var clash = zone.Zone.Records.FirstOrDefault(r =>
            r.OwnerIn(zone.Origin!) == hostname
            && r.Type.ToUpperInvariant() is "A" or "AAAA" or "CNAME");
        return clash is null ? null
            : $"`{hostname}` is owned already: Zone `{zone.Zone.Name}` has a {clash.Type} record there";
    }

    private static bool IsSound(ResourceSet resources, Contribution one,
        ImmutableDictionary<string, string>.Builder refused)
    {
        var fault =
            one.Addresses.IsEmpty ? "it has no addresses yet" :
            one.Site is not null && !resources.Sites.ContainsKey(one.Site) ? $"there is no Site named `{one.Site}`" :
            one.HealthCheck is not null
                && !resources.HealthChecks.ContainsKey(one.HealthCheck)
                ? $"there is no HealthCheck named `{one.HealthCheck}`" :
            one.Policy is { } source && EndpointPolicyTraits.Of(source).NeedsSourceMap
                ? $"policy {source} needs a GlobalEndpoint that names the map" :
            one.Policy is { } load && EndpointPolicyTraits.Of(load).WeighsByLoad
                ? $"policy {load} needs a GlobalEndpoint whose pools have a load signal" :
            one.HealthPath is { } path
                && (!path.StartsWith('/') || path.Any(c => c is <= ' ' or > '~'))
                ? $"the health path `{path}` must begin with a slash" :
            one.Addresses.FirstOrDefault(a => !IPAddress.TryParse(a.Value, out _)
                && !HostName.TryNormalize(a.Value, out _, out _)) is { } wrong
                ? $"`{wrong.Value}` is neither an IP address nor a host name" :
            resources.Pools.ContainsKey(one.Pool) ? $"there is already an AddressPool named `{one.Pool}`" :
            null;
        if (fault is not null)
            refused[one.Source] = fault;
        return fault is null;
    }

    private static GlobalEndpoint MakeEndpoint(string hostname, Contribution[] contributions)
    {
        var policy = contributions.Select(c => c.Policy).FirstOrDefault(p => p is not null)
            ?? (contributions.Length > 1 && contributions.All(c => c.Site is not null) ? EndpointPolicy.Nearest
                : contributions.Any(c => c.Priority is not null) ? EndpointPolicy.Failover : EndpointPolicy.Weighted);
        var ttl = contributions.Min(c => c.Ttl) ?? TimeSpan.FromSeconds(10);
        return new GlobalEndpoint
        {
            Name = $"joined.{hostname.Replace("*", "wildcard", StringComparison.Ordinal)}",
            Hostname = hostname,
            Policy = policy,
            Ttl = ttl,

            // What nothing probes cannot change soon: its answers live as long as was asked.
            MinTtl = contributions.All(c => c is { HealthCheck: null, HealthPath: null, Port: null }) ? ttl : null,
            Pools = [],
            MaxAnswers = 64,
            Location = new Location(contributions[0].Source, 0, 0),
        };
    }

    private static AddressPool MakePool(ResourceSet resources, string hostname, Contribution one,
        Dictionary<string, HealthCheck> checks)
    {
        var names = one.Addresses.Count(a => !IPAddress.TryParse(a.Value, out _));
        return new AddressPool
        {
            Name = one.Pool,
            Site = one.Site,
            Policy = one.Addresses.Any(a => a.Weight != 1) ? PoolPolicy.Weighted : PoolPolicy.All,
            HealthCheck = one.HealthCheck ?? MakeCheck(one, checks),
            Addresses = [.. one.Addresses.Select(a => a.Port is null ? a with { Port = one.Port } : a)],

            // A CNAME can stand neither beside anything else nor at an origin.
            Flatten = names > 0 && (names < one.Addresses.Length || names > 1
                || resources.Zones.Any(z => Canonical(z.Origin) is { } origin
                && (origin == hostname || z.Records.Any(r => r.OwnerIn(origin) == hostname)))),
            Location = new Location(one.Source, 0, 0),
        };
    }

    private static string? MakeCheck(Contribution one, Dictionary<string, HealthCheck> checks)
    {
        if (one is { HealthPath: null, Port: null })
            return null;
        var port = one.Port ?? 443;
        var name = one.HealthPath is { } path
            ? $"joined-http-{port}-{Math.Abs(StableHash(path))}" : $"joined-tcp-{port}";
        checks[name] = new HealthCheck
        {
            Name = name,
            Http = one.HealthPath is null ? null : new HttpCheck
            {
                Path = one.HealthPath,
                Port = port,
                Scheme = port is 443 or 8443 ? HttpScheme.Https : HttpScheme.Http,
            },
            Tcp = one.HealthPath is null ? new TcpCheck { Port = port } : null,
        };
        return name;
    }

    // Names must be the same in the next run.
    private static int StableHash(string text)
    {
        var hash = 17;
        foreach (var c in text)
            hash = unchecked((hash * 31) + c);
        return hash == int.MinValue ? 0 : hash;
    }
}
