using System.Collections.Immutable;
using Meridian.Kubernetes;
using Meridian.Kubernetes.Watching;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>Watches one cluster: what clients can be sent to, and what is ready behind it.</summary>
internal sealed class ClusterWatcher : IAsyncDisposable
{
    private static readonly (string Kind, ApiResource Resource, bool Optional)[] Sorts =
    [
        ("Ingress", ApiResources.Ingresses, false),
        ("Service", ApiResources.Services, false),
        ("Gateway", ApiResources.Gateways, true),
        ("HTTPRoute", ApiResources.HttpRoutes, true),
    ];

    private readonly ClusterClient _client;
    private readonly Dictionary<string, Informer<Exposed>> _exposed = [];
    private readonly Informer<Slice> _slices;
    private readonly ObjectIndex<Slice> _byService = new(s => [s.Service]);
    private readonly Action _changed;

    /// <param name="name">Name of the cluster.</param>
    /// <param name="client">Its API.</param>
    /// <param name="changed">Is told when what it says may be different; often, and on several threads.</param>
    /// <param name="time">The clock.</param>
    public ClusterWatcher(string name, ClusterClient client, Action changed, TimeProvider time)
    {
        (Name, _client, _changed) = (name, client, changed);
        foreach (var (kind, resource, _) in Sorts)
        {
            _exposed[kind] = new Informer<Exposed>(client, resource, new InformerOptions(), kind switch
            {
                "Ingress" => Projections.Ingress,
                "Service" => Projections.Service,
                "Gateway" => Projections.Gateway,
                _ => Projections.HttpRoute,
            }, _ => changed(), time);
        }

        _slices = new Informer<Slice>(client, ApiResources.EndpointSlices, new InformerOptions(),
            Projections.EndpointSlice, change =>
        {
            _byService.Apply(change);
            if (change.Before?.Ready != change.After?.Ready || change.Before?.Service != change.After?.Service)
                changed();
        }, time);
        _slices.ContactChanged += _ => changed();
        foreach (var informer in _exposed.Values)
            informer.Start();
        _slices.Start();
    }

    public string Name { get; }

    /// <summary>Objects that are known.</summary>
    public int Count => _exposed.Values.Sum(i => i.Count) + _slices.Count;

    /// <summary>
    /// What the cluster says now of the objects that are asked for and of those that ask to join an endpoint.
    /// </summary>
    public DiscoveredCluster Read(string? site, bool annotations, IReadOnlySet<ClusterReference> wanted) => new()
    {
        Name = Name,
        Site = site,
        Annotations = annotations,
        Synced = _slices.Synced.IsCompletedSuccessfully
            && Sorts.All(s => s.Optional || _exposed[s.Kind].Synced.IsCompletedSuccessfully),
        ObjectCount = Count,
        HeardAt = _slices.Contact.HeardAt,
        Fault = FaultOf(),
        Objects = _exposed.SelectMany(e => e.Value.Objects
                .Where(o => o.Value.Annotations.ContainsKey("endpoint")
                    || wanted.Contains(new ClusterReference(Name, e.Key, o.Key.ToString())))
                .Select(o => ObjectOf(e.Key, o.Key, o.Value)))
            .ToImmutableDictionary(o => o.Reference),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var informer in _exposed.Values)
            await informer.DisposeAsync();
        await _slices.DisposeAsync();
        _client.Dispose();
    }

    // A cluster without the Gateway API lacks those resources and is well.
    private string? FaultOf() => _slices.Contact.Fault
        ?? Sorts.Where(s => !s.Optional).Select(s => _exposed[s.Kind].Contact.Fault).FirstOrDefault(f => f is not null);

    private DiscoveredObject ObjectOf(string kind, ObjectKey key, Exposed exposed)
    {
        var services = kind == "Gateway"
            ? _exposed["HTTPRoute"].Objects.Where(r => r.Value.Gateways.Contains(key.ToString()))
            .SelectMany(r => r.Value.Services).Distinct()
            : exposed.Services;
        return new DiscoveredObject
        {
            Reference = new ClusterReference(Name, kind, key.ToString()),
            Addresses = kind == "HTTPRoute"
                ? [.. exposed.Gateways.SelectMany(g => _exposed["Gateway"].Find(ObjectKey.Parse(g))?.Addresses ?? [])
                    .Distinct()]
                : exposed.Addresses,
            Ready = ReadyOf(services),
            Port = exposed.Port ?? exposed.Gateways.Select(g => _exposed["Gateway"].Find(ObjectKey.Parse(g))?.Port)
                .FirstOrDefault(p => p is not null),
            Annotations = exposed.Annotations,
        };
    }

    // Where no Service has any slice, nothing tells what is ready: the Service may lead out of the cluster.
    private int? ReadyOf(IEnumerable<string> services)
    {
        int? ready = null;
        foreach (var service in services)
        {
            var slices = _byService.Find(service).ToArray();
            if (slices.Length > 0)
                ready = (ready ?? 0) + slices.GroupBy(s => s.AddressType).Max(g => g.Sum(s => s.Ready));
        }

        return ready;
    }
}
