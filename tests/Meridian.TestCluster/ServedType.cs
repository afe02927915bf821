using System.Text.Json.Nodes;

namespace Meridian.TestCluster;

/// <summary>A resource that the server has.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">Such as <c>v1</c>.</param>
/// <param name="Plural">Name in paths.</param>
/// <param name="Kind">Name in objects.</param>
/// <param name="Namespaced">Whether its objects live in namespaces.</param>
/// <param name="Status">Whether it has a status subresource.</param>
/// <param name="Schema">OpenAPI schema of a custom resource; null for none.</param>
public sealed record ServedType(string Group, string Version, string Plural, string Kind, bool Namespaced = true,
    bool Status = false, JsonObject? Schema = null)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The types of Kubernetes itself that Meridian meets.</summary>
    public static IReadOnlyList<ServedType> BuiltIn { get; } =
    [
        new("", "v1", "namespaces", "Namespace", Namespaced: false, Status: true),
        new("", "v1", "secrets", "Secret"),
        new("", "v1", "configmaps", "ConfigMap"),
        new("", "v1", "services", "Service", Status: true),
        new("", "v1", "pods", "Pod", Status: true),
        new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
        new("networking.k8s.io", "v1", "ingresses", "Ingress", Status: true),
        new("coordination.k8s.io", "v1", "leases", "Lease"),
        new("events.k8s.io", "v1", "events", "Event"),
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", Namespaced: false,
            Status: true),
    ];

    /// <summary>What a CustomResourceDefinition brings, by its first served version.</summary>
    public static ServedType Of(JsonObject definition)
    {
        var spec = definition["spec"]!;
        var version = spec["versions"]!.AsArray().First(v => (bool)v!["served"]!)!;
        return new ServedType((string)spec["group"]!, (string)version["name"]!, (string)spec["names"]!["plural"]!,
            (string)spec["names"]!["kind"]!,
            (string?)spec["scope"] == "Namespaced", version["subresources"]?["status"] is not null,
            version["schema"]?["openAPIV3Schema"]?.AsObject());
    }
}
