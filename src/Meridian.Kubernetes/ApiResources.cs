namespace Meridian.Kubernetes;

/// <summary>The resources of Kubernetes itself that Meridian uses.</summary>
public static class ApiResources
{
    public static ApiResource Secrets { get; } = new("", "v1", "secrets", "Secret");

    public static ApiResource Services { get; } = new("", "v1", "services", "Service");

    public static ApiResource Namespaces { get; } = new("", "v1", "namespaces", "Namespace", Namespaced: false);

    public static ApiResource ConfigMaps { get; } = new("", "v1", "configmaps", "ConfigMap");

    public static ApiResource EndpointSlices { get; } = new("discovery.k8s.io", "v1", "endpointslices",
        "EndpointSlice");

    public static ApiResource Ingresses { get; } = new("networking.k8s.io", "v1", "ingresses", "Ingress");

    public static ApiResource Gateways { get; } = new("gateway.networking.k8s.io", "v1", "gateways", "Gateway");

    public static ApiResource HttpRoutes { get; } = new("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute");

    public static ApiResource GrpcRoutes { get; } = new("gateway.networking.k8s.io", "v1", "grpcroutes", "GRPCRoute");

    public static ApiResource TlsRoutes { get; } = new("gateway.networking.k8s.io", "v1", "tlsroutes", "TLSRoute");

    public static ApiResource TcpRoutes { get; } = new("gateway.networking.k8s.io", "v1alpha2", "tcproutes",
        "TCPRoute");

    public static ApiResource Leases { get; } = new("coordination.k8s.io", "v1", "leases", "Lease");

    public static ApiResource Events { get; } = new("events.k8s.io", "v1", "events", "Event");

    public static ApiResource CustomResourceDefinitions { get; } =
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", Namespaced: false);

    public static ApiResource TokenReviews { get; } = new("authentication.k8s.io", "v1", "tokenreviews", "TokenReview",
        Namespaced: false);

    /// <summary>Records that ExternalDNS reads through its <c>crd</c> source.</summary>
    public static ApiResource DnsEndpoints { get; } = new("externaldns.k8s.io", "v1alpha1", "dnsendpoints",
        "DNSEndpoint");
}
