using System.Collections.Immutable;
using Meridian.Addresses;
using Meridian.Model;
using Meridian.Model.Joining;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Operator.Discovering;

/// <summary>
/// Puts what is known of clusters into a configuration: addresses in place of references, weights in place of
/// readiness, and the pools of objects that ask to join by an annotation. Pure.
/// </summary>
public static class Expansion
{
    private const string FromReady = "ready";

    /// <param name="resources">A sound configuration.</param>
    /// <param name="discovery">What is known of clusters.</param>
    /// <param name="offered">Contributions from elsewhere.</param>
    public static Joined Of(ResourceSet resources, Discovery discovery,
        IReadOnlyCollection<Contribution>? offered = null)
    {
        var expanded = resources.Pools.Values.Any(p => p.Addresses.Any(a => a.From is not null))
            ? Expand(resources, discovery) : resources;
        return Joiner.Join(expanded, [.. Contributions(discovery), .. offered ?? []]);
    }

    /// <summary>The contributions of annotated objects.</summary>
    public static IEnumerable<Contribution> Contributions(Discovery discovery) =>
        from cluster in discovery.Clusters.Values
        where cluster.Annotations
        from one in cluster.Objects.Values
        where one.Annotations.ContainsKey("endpoint")
        from hostname in Listed(one.Annotations["endpoint"])
        select Contribute(cluster, one, hostname);

    /// <summary>What an object's annotations say, and what of them cannot be read.</summary>
    internal static (JoiningProperties Properties, ImmutableArray<string> Faults) Read(
        ImmutableDictionary<string, string> annotations) =>
        JoiningProperties.Read(annotations.Where(a => a is not { Key: "weight", Value: FromReady }), "endpoint",
            "addresses");

    /// <summary>The objects whose annotations are not followed, with the reasons.</summary>
    /// <param name="discovery">What is known of clusters.</param>
    /// <param name="refused">Source → why its contribution is refused.</param>
    public static Dictionary<DiscoveredObject, string> FaultsOf(Discovery discovery,
        IReadOnlyDictionary<string, string> refused) =>
        (from cluster in discovery.Clusters.Values
         where cluster.Annotations
         from one in cluster.Objects.Values
         let faults = Listed(one.Annotations.GetValueOrDefault("endpoint")).Select(h => SourceOf(one, h))
            .Where(refused.ContainsKey).Select(s => $"{s} is not used: {refused[s]}")
            .Concat(one.Faults.Select(f => $"the annotations before are used: {f}")).ToArray()
         where faults.Length > 0
         select (one, faults)).ToDictionary(f => f.one, f => string.Join("; ", f.faults));

    private static string SourceOf(DiscoveredObject one, string hostname) => $"{one.Reference} for {hostname}";

    private static Contribution Contribute(DiscoveredCluster cluster, DiscoveredObject one, string hostname)
    {
        var notes = one.Annotations;
        var fromReady = notes.GetValueOrDefault("weight") == FromReady;
        var (properties, faults) = Read(notes);
        var host = HostName.TryNormalize(hostname, out var normal, out _, wildcard: true) ? normal : null;
        var policy = properties.ServiceHealthPolicy ?? ServiceHealthPolicy.Any;
        return new Contribution
        {
            Hostname = hostname,
            Source = SourceOf(one, hostname),
            Fault = faults.IsEmpty ? null : string.Join("; ", faults),
            Pool = NameOf(one.Reference, notes["endpoint"].Contains(',', StringComparison.Ordinal) ? hostname : null),
            Addresses = [.. AddressesOf(one, Listed(notes.GetValueOrDefault("addresses")))
                .Select(a => new PoolAddress
                {
                    Value = a,
                    From = AddressSource.Of(one.Reference) with { Host = host, ServiceHealthPolicy = policy },
                    Origin = one.Reference.ToString(),
                })],
            Site = properties.Site ?? cluster.Site,
            Weight = fromReady ? one.ReadyFor(host, policy) ?? 1 : properties.Weight ?? 1,
            Priority = properties.Priority,
            Policy = properties.Policy,
            Ttl = properties.Ttl,
            HealthCheck = properties.HealthCheck,
            HealthPath = properties.HealthPath,
            Port = properties.Port ?? one.Port,
        };
    }

    private static ResourceSet Expand(ResourceSet resources, Discovery discovery)
    {
        // The Services of one host name count, where a pool is for one alone.
        var hosts = resources.Endpoints.SelectMany(e => e.Pools.Select(p => (p.Pool, e.Hostname))).Distinct()
            .ToLookup(e => e.Pool, e => e.Hostname);
        var pools = resources.Pools.Values.ToDictionary(p => p.Name,
            p => Expand(p, hosts[p.Name].Count() == 1 ? hosts[p.Name].Single() : null, discovery));
        return new ResourceSet(
        [
            .. resources.All.Where(r => r is not (AddressPool or GlobalEndpoint)),
            .. pools.Values,
            .. resources.Endpoints.Select(e => e with { Pools = [.. e.Pools.Select(m => Weigh(m, pools, discovery))] }),
        ]);
    }

    private static AddressPool Expand(AddressPool pool, string? host, Discovery discovery)
    {
        if (pool.Addresses.All(a => a.From is null))
            return pool;
        var addresses = pool.Addresses.SelectMany(a => Expand(a, host, discovery)).DistinctBy(a => (a.Value, a.Port))
            .ToImmutableArray();
        var names = addresses.Count(a => !IpText.IsMeant(a.Value));
        return pool with { Addresses = addresses, Flatten = pool.Flatten || (names > 0 && names < addresses.Length) };
    }

    private static IEnumerable<PoolAddress> Expand(PoolAddress address, string? host, Discovery discovery)
    {
        if (address.From is not { } source)
            return [address];
        return Selection.Of(source) is { } selection
            ? discovery.Find(selection).SelectMany(o => Expand(address, AddressSource.Of(o.Reference) with
            {
                ServiceHealthPolicy = source.ServiceHealthPolicy,
                Static = source.Static,
            }, o, host))
            : source.Reference is { } reference ? Expand(address, source, discovery.Find(reference), host) : [address];
    }

    private static IEnumerable<PoolAddress> Expand(PoolAddress address, AddressSource source, DiscoveredObject? found,
        string? host)
    {
        var weight = address.WeightFrom == WeightFrom.Ready
            ? found?.ReadyFor(host, source.ServiceHealthPolicy) ?? address.Weight : address.Weight;
        return AddressesOf(found, source.Static).Select(a => address with
        {
            Value = a,
            Weight = weight,
            Origin = source.Reference.ToString(),
            From = source with { Host = host },
        });
    }

    private static EndpointPool Weigh(EndpointPool member, Dictionary<string, AddressPool> pools, Discovery discovery)
    {
        if (member.WeightFrom != WeightFrom.Ready)
            return member;
        var ready = pools[member.Pool].Addresses.Select(a => a.From).DistinctBy(f => f?.Reference)
            .Select(f => f?.Reference is { } reference
                ? discovery.Find(reference)?.ReadyFor(f.Host, f.ServiceHealthPolicy) : null).ToArray();
        return ready.Any(r => r is not null) ? member with { Weight = ready.Sum(r => r ?? 0) } : member;
    }

    private static ImmutableArray<string> AddressesOf(DiscoveredObject? found, ImmutableArray<string> configured) =>
        configured.IsEmpty ? found?.Addresses ?? [] : configured;

    private static string NameOf(ClusterReference reference, string? hostname) =>
        ($"{reference.Cluster}.{reference.Kind}.{reference.Name.Replace('/', '.')}"
        + (hostname is null ? "" : "." + hostname.Replace("*", "wildcard", StringComparison.Ordinal)))
        .ToLowerInvariant();

    private static ImmutableArray<string> Listed(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
