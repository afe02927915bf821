using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model;

/// <summary>A whole configuration that has passed validation, or the part of it that could be read.</summary>
public sealed class ResourceSet
{
    private readonly FrozenDictionary<string, string> _hostnames;

    public static ResourceSet Empty { get; } = new([]);

    public ResourceSet(IReadOnlyCollection<Resource> resources)
    {
        Zones = [.. resources.OfType<Zone>()];
        Endpoints = [.. resources.OfType<GlobalEndpoint>()];
        Sites = Index<Site>(resources);
        HealthChecks = Index<HealthCheck>(resources);
        Pools = Index<AddressPool>(resources);
        SourceMaps = Index<SourceMap>(resources);
        TsigKeys = Index<TsigKey>(resources);
        LoadSignals = Index<LoadSignal>(resources);
        Clusters = Index<Cluster>(resources);
        TunnelAgents = Index<TunnelAgent>(resources);
        Nodes = Index<Node>(resources);
        AccessPolicies = Index<AccessPolicy>(resources);
        ExportedServices = Index<ExportedService>(resources);
        _hostnames = Endpoints
            .GroupBy(e => HostName.TryNormalize(e.Hostname, out var name, out _, wildcard: true) ? name : e.Hostname)
            .ToFrozenDictionary(g => g.Key, g => g.First().Name);
    }

    public ImmutableArray<Zone> Zones { get; }

    public ImmutableArray<GlobalEndpoint> Endpoints { get; }

    public FrozenDictionary<string, Site> Sites { get; }

    public FrozenDictionary<string, HealthCheck> HealthChecks { get; }

    public FrozenDictionary<string, AddressPool> Pools { get; }

    public FrozenDictionary<string, SourceMap> SourceMaps { get; }

    public FrozenDictionary<string, TsigKey> TsigKeys { get; }

    public FrozenDictionary<string, LoadSignal> LoadSignals { get; }

    public FrozenDictionary<string, Cluster> Clusters { get; }

    public FrozenDictionary<string, TunnelAgent> TunnelAgents { get; }

    public FrozenDictionary<string, Node> Nodes { get; }

    public FrozenDictionary<string, AccessPolicy> AccessPolicies { get; }

    public FrozenDictionary<string, ExportedService> ExportedServices { get; }

    /// <summary>Every resource, kind by kind.</summary>
    public IEnumerable<Resource> All =>
        [.. Zones, .. Sites.Values, .. HealthChecks.Values, .. Pools.Values, .. Endpoints, .. SourceMaps.Values,
            .. LoadSignals.Values, .. TsigKeys.Values, .. Clusters.Values, .. AccessPolicies.Values,
            .. ExportedServices.Values, .. TunnelAgents.Values, .. Nodes.Values];

    /// <summary>Name of the first endpoint with the host name, in canonical form; null for none.</summary>
    public string? HostnameOwner(string hostname) => _hostnames.GetValueOrDefault(hostname);

    // The last of two with the same name stays; the validator has already said that there are two.
    private static FrozenDictionary<string, T> Index<T>(IEnumerable<Resource> resources) where T : Resource =>
        resources.OfType<T>().GroupBy(r => r.Name).ToFrozenDictionary(g => g.Key, g => g.Last());
}
