using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Model.Binding;
using Meridian.Model.Naming;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model;

/// <summary>A whole configuration that has passed validation, or the part of it that could be read.</summary>
public sealed class ResourceSet
{
    private readonly Dictionary<Type, object> _byName = [];
    private readonly FrozenDictionary<string, string> _hostnames;

    public static ResourceSet Empty { get; } = new([]);

    public ResourceSet(IReadOnlyCollection<Resource> resources)
    {
        var byType = resources.ToLookup(r => r.GetType());
        foreach (var kind in Kinds.All)
            _byName[kind.Type] = kind.Index(byType[kind.Type]);
        All = [.. Kinds.All.SelectMany(k => byType[k.Type])];
        Zones = [.. byType[typeof(Zone)].Cast<Zone>()];
        Endpoints = [.. byType[typeof(GlobalEndpoint)].Cast<GlobalEndpoint>()];
        ZoneNames = new ZoneNames(Zones);
        _hostnames = Endpoints
            .GroupBy(e => HostName.TryNormalize(e.Hostname, out var name, out _, wildcard: true) ? name : e.Hostname)
            .ToFrozenDictionary(g => g.Key, g => g.First().Name);
    }

    /// <summary>Every resource, kind by kind, and those of a kind in the order in which they were read.</summary>
    public ImmutableArray<Resource> All { get; }

    /// <summary>The zones in the order in which they were read.</summary>
    public ImmutableArray<Zone> Zones { get; }

    /// <summary>The endpoints in the order in which they were read.</summary>
    public ImmutableArray<GlobalEndpoint> Endpoints { get; }

    public FrozenDictionary<string, Site> Sites => Of<Site>();

    public FrozenDictionary<string, HealthCheck> HealthChecks => Of<HealthCheck>();

    public FrozenDictionary<string, AddressPool> Pools => Of<AddressPool>();

    public FrozenDictionary<string, SourceMap> SourceMaps => Of<SourceMap>();

    public FrozenDictionary<string, TsigKey> TsigKeys => Of<TsigKey>();

    public FrozenDictionary<string, LoadSignal> LoadSignals => Of<LoadSignal>();

    public FrozenDictionary<string, Cluster> Clusters => Of<Cluster>();

    public FrozenDictionary<string, TunnelAgent> TunnelAgents => Of<TunnelAgent>();

    public FrozenDictionary<string, Node> Nodes => Of<Node>();

    public FrozenDictionary<string, AccessPolicy> AccessPolicies => Of<AccessPolicy>();

    public FrozenDictionary<string, ExportedService> ExportedServices => Of<ExportedService>();

    /// <summary>Which zone a name lies in, and what the zones' own records say of it.</summary>
    public ZoneNames ZoneNames { get; }

    /// <summary>
    /// The resources of a kind by name. A kind needs no property here; those above are for kinds that are read often.
    /// </summary>
    public FrozenDictionary<string, T> Of<T>() where T : Resource => (FrozenDictionary<string, T>)_byName[typeof(T)];

    /// <summary>Name of the first endpoint with the host name, in canonical form; null for none.</summary>
    public string? HostnameOwner(string hostname) => _hostnames.GetValueOrDefault(hostname);
}
