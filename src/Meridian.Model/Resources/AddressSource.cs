using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>
/// An object in a cluster that has addresses: exactly one of Ingress, Service, Gateway and HTTPRoute.
/// </summary>
[Rule("[has(self.ingress), has(self.service), has(self.gateway), has(self.httpRoute)].filter(x, x).size() == 1",
    "exactly one of ingress, service, gateway and httpRoute is wanted")]
public sealed record AddressSource
{
    [Field("Name of the Cluster")]
    public required string Cluster { get; init; }

    [Field("An Ingress, as `namespace/name`", Default = "none")]
    public string? Ingress { get; init; }

    [Field("A Service of type LoadBalancer, as `namespace/name`", Default = "none")]
    public string? Service { get; init; }

    [Field("A Gateway of the Gateway API, as `namespace/name`", Default = "none")]
    public string? Gateway { get; init; }

    [Field("An HTTPRoute of the Gateway API, as `namespace/name`; the addresses are those of its Gateways",
        Default = "none")]
    public string? HttpRoute { get; init; }

    [Field("Addresses to use in place of the load balancer's, for one behind a NAT", Default = "the load balancer's",
        MaxItems = 64)]
    public ImmutableArray<string> Static { get; init; } = [];

    /// <summary>The object that is named; null unless it is exactly one.</summary>
    public ClusterReference? Reference => (Ingress, Service, Gateway, HttpRoute) switch
    {
        ({ } name, null, null, null) => new ClusterReference(Cluster, "Ingress", name),
        (null, { } name, null, null) => new ClusterReference(Cluster, "Service", name),
        (null, null, { } name, null) => new ClusterReference(Cluster, "Gateway", name),
        (null, null, null, { } name) => new ClusterReference(Cluster, "HTTPRoute", name),
        _ => null,
    };
}
