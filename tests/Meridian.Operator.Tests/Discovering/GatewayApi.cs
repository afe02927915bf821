using Meridian.TestCluster;

namespace Meridian.Operator.Tests.Discovering;

/// <summary>The kinds of the Gateway API, with as little of a schema as a server takes.</summary>
internal static class GatewayApi
{
    private static readonly (string Kind, string Plural, string Version)[] Kinds =
    [
        ("Gateway", "gateways", "v1"), ("HTTPRoute", "httproutes", "v1"), ("GRPCRoute", "grpcroutes", "v1"),
        ("TLSRoute", "tlsroutes", "v1"), ("TCPRoute", "tcproutes", "v1alpha2"),
    ];

    /// <param name="server">Where they are defined.</param>
    /// <param name="only">The one version that there is of every kind; null for the newest of each.</param>
    public static void Define(ApiServer server, string? only = null)
    {
        foreach (var (kind, plural, newest) in Kinds)
        {
            var version = only ?? newest;
            server.Put($$"""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata:
                  name: {{plural}}.gateway.networking.k8s.io
                  annotations: {api-approved.kubernetes.io: "unapproved, for tests"}
                spec:
                  group: gateway.networking.k8s.io
                  scope: Namespaced
                  names: {kind: {{kind}}, plural: {{plural}}, listKind: {{kind}}List}
                  versions:
                  - name: {{version}}
                    served: true
                    storage: true
                    subresources:
                      status: {}
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
                          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
                """);
        }
    }
}
