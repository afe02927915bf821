using System.Collections.Immutable;
using System.Globalization;
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

    private static Contribution Contribute(DiscoveredCluster cluster, DiscoveredObject one, string hostname)
    {
        var notes = one.Annotations;
        var fromReady = notes.GetValueOrDefault("weight") == "ready";
        return new Contribution
        {
            Hostname = hostname,
            Source = $"{one.Reference} for {hostname}",
            Pool = NameOf(one.Reference, notes["endpoint"].Contains(',', StringComparison.Ordinal) ? hostname : null),
            Addresses = [.. AddressesOf(one, Listed(notes.GetValueOrDefault("addresses")))
                .Select(a => new PoolAddress
                {
                    Value = a,
                    From = SourceOf(one.Reference),
                    Origin = one.Reference.ToString(),
                })],
            Site = notes.GetValueOrDefault("site") ?? cluster.Site,
            Weight = fromReady ? one.Ready ?? 1 : Number(notes, "weight") ?? 1,
            Priority = Number(notes, "priority"),
            Policy = EnumText.TryParse<EndpointPolicy>(notes.GetValueOrDefault("policy"), out var policy)
                ? policy : null,
            Ttl = Durations.TryParse(notes.GetValueOrDefault("ttl"), out var ttl) ? ttl : null,
            HealthCheck = notes.GetValueOrDefault("health-check"),
            HealthPath = notes.GetValueOrDefault("health-path"),
            Port = Number(notes, "port") ?? one.Port,
        };
    }

    private static ResourceSet Expand(ResourceSet resources, Discovery discovery)
    {
        var pools = resources.Pools.Values.ToDictionary(p => p.Name, p => Expand(p, discovery));
        return new ResourceSet(
        [
            .. resources.All.Where(r => r is not (AddressPool or GlobalEndpoint)),
            .. pools.Values,
            .. resources.Endpoints.Select(e => e with { Pools = [.. e.Pools.Select(m => Weigh(m, pools, discovery))] }),
        ]);
    }

    private static AddressPool Expand(AddressPool pool, Discovery discovery)
    {
        if (pool.Addresses.All(a => a.From is null))
            return pool;
        var addresses = pool.Addresses.SelectMany(a => Expand(a, discovery)).DistinctBy(a => (a.Value, a.Port))
            .ToImmutableArray();
        var names = addresses.Count(a => !IpText.IsMeant(a.Value));
        return pool with { Addresses = addresses, Flatten = pool.Flatten || (names > 0 && names < addresses.Length) };
    }

    private static IEnumerable<PoolAddress> Expand(PoolAddress address, Discovery discovery)
    {
        if (address.From is not { Reference: { } reference } from)
            return [address];
        var found = discovery.Find(reference);
        var weight = address.WeightFrom == WeightFrom.Ready ? found?.Ready ?? address.Weight : address.Weight;
        return AddressesOf(found, from.Static)
            .Select(a => address with { Value = a, Weight = weight, Origin = reference.ToString() });
    }

    private static EndpointPool Weigh(EndpointPool member, Dictionary<string, AddressPool> pools, Discovery discovery)
    {
        if (member.WeightFrom != WeightFrom.Ready)
            return member;
        var ready = pools[member.Pool].Addresses.Select(a => a.From?.Reference).Distinct()
            .Select(r => r is { } reference ? discovery.Find(reference)?.Ready : null).ToArray();
        return ready.Any(r => r is not null) ? member with { Weight = ready.Sum(r => r ?? 0) } : member;
    }

    private static ImmutableArray<string> AddressesOf(DiscoveredObject? found, ImmutableArray<string> configured) =>
        configured.IsEmpty ? found?.Addresses ?? [] : configured;

    private static AddressSource SourceOf(ClusterReference reference) => new()
    {
        Cluster = reference.Cluster,
        Ingress = reference.Kind == "Ingress" ? reference.Name : null,
        Service = reference.Kind == "Service" ? reference.Name : null,
        Gateway = reference.Kind == "Gateway" ? reference.Name : null,
        HttpRoute = reference.Kind == "HTTPRoute" ? reference.Name : null,
    };

    private static string NameOf(ClusterReference reference, string? hostname) =>
        ($"{reference.Cluster}.{reference.Kind}.{reference.Name.Replace('/', '.')}"
        + (hostname is null ? "" : "." + hostname.Replace("*", "wildcard", StringComparison.Ordinal)))
        .ToLowerInvariant();

    private static ImmutableArray<string> Listed(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static int? Number(ImmutableDictionary<string, string> notes, string name) =>
        int.TryParse(notes.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number : null;
}
