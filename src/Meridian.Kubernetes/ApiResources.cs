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

    public static ApiResource Gateways { get; } = OfGatewayApi("gateways", "Gateway", "v1", "v1beta1");

    public static ApiResource HttpRoutes { get; } = OfGatewayApi("httproutes", "HTTPRoute", "v1", "v1beta1");

    public static ApiResource GrpcRoutes { get; } = OfGatewayApi("grpcroutes", "GRPCRoute", "v1", "v1alpha2");

    /// <summary>Clusters before Gateway API 1.5 have no <c>v1</c> of it.</summary>
    public static ApiResource TlsRoutes { get; } = OfGatewayApi("tlsroutes", "TLSRoute", "v1", "v1alpha3", "v1alpha2");

    /// <summary>It has no <c>v1</c> yet, and may get one.</summary>
    public static ApiResource TcpRoutes { get; } = OfGatewayApi("tcproutes", "TCPRoute", "v1alpha2", "v1");

    public static ApiResource Leases { get; } = new("coordination.k8s.io", "v1", "leases", "Lease");

    public static ApiResource Events { get; } = new("events.k8s.io", "v1", "events", "Event");

    public static ApiResource CustomResourceDefinitions { get; } =
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", Namespaced: false);

    public static ApiResource TokenReviews { get; } = new("authentication.k8s.io", "v1", "tokenreviews", "TokenReview",
        Namespaced: false);

    /// <summary>Records that ExternalDNS reads through its <c>crd</c> source.</summary>
    public static ApiResource DnsEndpoints { get; } = new("externaldns.k8s.io", "v1alpha1", "dnsendpoints",
        "DNSEndpoint");

    private static ApiResource OfGatewayApi(string plural, string kind, string version, params string[] others) =>
        new("gateway.networking.k8s.io", version, plural, kind) { OtherVersions = [.. others] };
}
