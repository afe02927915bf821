namespace Meridian.Model.Resources;

/// <summary>The objects in clusters that clients can be sent to, by the names that Kubernetes has for them.</summary>
public enum ExposedKind
{
    Ingress,

    /// <summary>A Service of type LoadBalancer.</summary>
    Service,

    Gateway,

    HTTPRoute,

    GRPCRoute,

    TLSRoute,

    TCPRoute,
}
