using System.Collections.Immutable;
using Meridian.Kubernetes;
using Meridian.Kubernetes.Watching;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>Watches one cluster: what clients can be sent to, and what is ready behind it.</summary>
internal sealed class ClusterWatcher : IAsyncDisposable
{
    private static readonly (string Kind, ApiResource Resource, bool Optional)[] Kinds =
    [
        ("Ingress", ApiResources.Ingresses, false),
        ("Service", ApiResources.Services, false),
        ("Gateway", ApiResources.Gateways, true),
        ("HTTPRoute", ApiResources.HttpRoutes, true),
        ("GRPCRoute", ApiResources.GrpcRoutes, true),
        ("TLSRoute", ApiResources.TlsRoutes, true),
        ("TCPRoute", ApiResources.TcpRoutes, true),
    ];

    private static readonly string[] Routes = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"];

    private readonly ClusterClient _client;
    private readonly Dictionary<string, Informer<Exposed>> _exposed = [];
    private readonly Informer<Slice> _slices;
    private readonly ObjectIndex<Slice> _byService = new(s => [s.Service]);
    private readonly Action _changed;

    /// <param name="name">Name of the cluster.</param>
    /// <param name="client">Its API.</param>
    /// <param name="changed">Called when what is known of it may be different; often, and on several threads.</param>
    /// <param name="time">The clock.</param>
    public ClusterWatcher(string name, ClusterClient client, Action changed, TimeProvider time)
    {
        (Name, _client, _changed) = (name, client, changed);
        foreach (var (kind, resource, _) in Kinds)
        {
            _exposed[kind] = new Informer<Exposed>(client, resource, new InformerOptions(), kind switch
            {
                "Ingress" => Projections.Ingress,
                "Service" => Projections.Service,
                "Gateway" => Projections.Gateway,
                _ => Projections.Route,
            }, _ => changed(), time);
        }

        _slices = new Informer<Slice>(client, ApiResources.EndpointSlices, new InformerOptions(),
            Projections.EndpointSlice, Apply, time);
        _slices.ContactChanged += _ => changed();
        foreach (var informer in _exposed.Values)
            informer.Start();
        _slices.Start();
    }

    public string Name { get; }

    /// <summary>The resource of a kind that is watched.</summary>
    public static ApiResource ResourceOf(string kind) => Kinds.First(k => k.Kind == kind).Resource;

    /// <summary>Number of its objects that are known.</summary>
    public int Count => _exposed.Values.Sum(i => i.Count) + _slices.Count;

    /// <summary>
    /// What is known now of the objects that are referred to and of those that ask to join an endpoint.
    /// </summary>
    public DiscoveredCluster Read(string? site, bool annotations, WantedObjects wanted) => new()
    {
        Name = Name,
        Site = site,
        Annotations = annotations,
        Synced = _slices.Synced.IsCompletedSuccessfully
            && Kinds.All(k => k.Optional || _exposed[k.Kind].Synced.IsCompletedSuccessfully),
        ObjectCount = Count,
        AnsweredAt = _slices.Contact.AnsweredAt,
        Fault = FaultOf(),
        Objects = _exposed.SelectMany(e => e.Value.Objects
                .Where(o => o.Value.Annotations.ContainsKey("endpoint")
                    || wanted.Contains(new ClusterReference(Name, e.Key, o.Key.ToString()), o.Value.Labels))
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

    // A cluster without the Gateway API lacks the optional resources and is healthy.
    private string? FaultOf() => _slices.Contact.Fault
        ?? Kinds.Where(k => !k.Optional).Select(k => _exposed[k.Kind].Contact.Fault).FirstOrDefault(f => f is not null);

    private void Apply(ObjectChange<Slice> change)
    {
        _byService.Apply(change);
        if (change.Before?.Ready != change.After?.Ready || change.Before?.Service != change.After?.Service)
            _changed();
    }

    private DiscoveredObject ObjectOf(string kind, ObjectKey key, Exposed exposed)
    {
        var backends = (kind == "Gateway"
                ? Routes.SelectMany(r => _exposed[r].Objects).Where(r => r.Value.Gateways.Contains(key.ToString()))
                    .SelectMany(r => r.Value.Backends).Distinct()
                : exposed.Backends)
            .Select(b => b with { Ready = ReadyOf(b.Service) }).ToImmutableArray();
        return new DiscoveredObject
        {
            Reference = new ClusterReference(Name, kind, key.ToString()),
            Uid = exposed.Uid,
            Addresses = Routes.Contains(kind)
                ? [.. exposed.Gateways.SelectMany(g => _exposed["Gateway"].Find(ObjectKey.Parse(g))?.Addresses ?? [])
                    .Distinct()]
                : exposed.Addresses,
            Ready = Backends.ReadyIn(backends, Backends.All, ServiceHealthPolicy.Any),
            Backends = backends,
            Port = exposed.Port ?? exposed.Gateways.Select(g => _exposed["Gateway"].Find(ObjectKey.Parse(g))?.Port)
                .FirstOrDefault(p => p is not null),
            Annotations = exposed.Annotations,
            Labels = exposed.Labels,
        };
    }

    // Where a Service has no slice, its readiness is unknown: it may lead out of the cluster.
    private int? ReadyOf(string service)
    {
        var slices = _byService.Find(service).ToArray();
        return slices.Length == 0 ? null : slices.GroupBy(s => s.AddressType).Max(g => g.Sum(s => s.Ready));
    }
}
