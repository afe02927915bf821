using System.Collections.Immutable;

namespace Meridian.Kubernetes;

/// <summary>A resource of the Kubernetes API, with the names that its paths consist of.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">Version, such as <c>v1</c>.</param>
/// <param name="Plural">Name in paths, such as <c>endpointslices</c>.</param>
/// <param name="Kind">Name in objects, such as <c>EndpointSlice</c>.</param>
/// <param name="Namespaced">Whether its objects live in namespaces.</param>
public sealed record ApiResource(string Group, string Version, string Plural, string Kind, bool Namespaced = true)
{
    /// <summary>Versions that other clusters serve it in, with the same fields as far as they are read here.</summary>
    public ImmutableArray<string> OtherVersions { get; init; } = [];

    /// <summary>
    /// The same in its next version, for a cluster that does not serve this one; after the last the first comes again.
    /// </summary>
    public ApiResource NextVersion => OtherVersions is [var next, .. var rest]
        ? this with { Version = next, OtherVersions = [.. rest, Version] } : this;

    /// <summary>The value of <c>apiVersion</c> in its objects.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Path of the collection, of one namespace or (for null) of all.</summary>
    public string PathOf(string? ns)
    {
        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        return Namespaced && !string.IsNullOrEmpty(ns)
            ? $"{root}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}" : $"{root}/{Plural}";
    }

    /// <summary>Path of one object or of a subresource of it.</summary>
    public string PathOf(ObjectKey key, string? subresource = null) =>
        $"{PathOf(key.Namespace)}/{Uri.EscapeDataString(key.Name)}{(subresource is null ? "" : $"/{subresource}")}";

    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
