using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>
/// An object in a cluster that has addresses: exactly one of Ingress, Service, Gateway and the routes of the Gateway
/// API; or several, by their labels.
/// </summary>
[Rule("!has(self.select) || !has(self.static) || self.static.size() == 0",
    "static goes with one object, and select is any number of them")]
[Rule("[has(self.ingress), has(self.service), has(self.gateway), has(self.httpRoute), has(self.grpcRoute), " +
    "has(self.tlsRoute), has(self.tcpRoute), has(self.select)].filter(x, x).size() == 1",
    "exactly one of ingress, service, gateway, httpRoute, grpcRoute, tlsRoute, tcpRoute and select is wanted")]
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

    [Field("A GRPCRoute, as `namespace/name`", Default = "none")]
    public string? GrpcRoute { get; init; }

    [Field("A TLSRoute, as `namespace/name`", Default = "none")]
    public string? TlsRoute { get; init; }

    [Field("A TCPRoute, as `namespace/name`", Default = "none")]
    public string? TcpRoute { get; init; }

    [Field("Every object with certain labels, in place of one by its name; they come and go with their labels",
        Default = "none")]
    public ObjectSelection? Select { get; init; }

    [Field("Of several Services behind the endpoint's host name: whether `Any` with a ready endpoint is enough, or " +
        "`All` need one")]
    public ServiceHealthPolicy ServiceHealthPolicy { get; init; }

    [Field("Addresses to use in place of the load balancer's, for one behind a NAT", Default = "the load balancer's",
        MaxItems = 64)]
    public ImmutableArray<string> Static { get; init; } = [];

    /// <summary>Whether it says exactly once what is meant.</summary>
    internal bool IsOne => Named.Length + (Select is null ? 0 : 1) == 1;

    /// <summary>The object that is named; null unless it is exactly one.</summary>
    public ClusterReference? Reference =>
        Named is [var (kind, name)] ? new ClusterReference(Cluster, kind, name!) : null;

    /// <summary>The host name whose Services count; null for all that are behind the object.</summary>
    public string? Host { get; init; }

    /// <summary>The object.</summary>
    public static AddressSource Of(ClusterReference reference) => new()
    {
        Cluster = reference.Cluster,
        Ingress = reference.Kind == "Ingress" ? reference.Name : null,
        Service = reference.Kind == "Service" ? reference.Name : null,
        Gateway = reference.Kind == "Gateway" ? reference.Name : null,
        HttpRoute = reference.Kind == "HTTPRoute" ? reference.Name : null,
        GrpcRoute = reference.Kind == "GRPCRoute" ? reference.Name : null,
        TlsRoute = reference.Kind == "TLSRoute" ? reference.Name : null,
        TcpRoute = reference.Kind == "TCPRoute" ? reference.Name : null,
    };

    private (string Kind, string? Name)[] Named =>
    [
        .. new (string, string? Name)[]
        {
            ("Ingress", Ingress), ("Service", Service), ("Gateway", Gateway), ("HTTPRoute", HttpRoute),
            ("GRPCRoute", GrpcRoute), ("TLSRoute", TlsRoute), ("TCPRoute", TcpRoute),
        }.Where(n => n.Name is not null),
    ];
}
