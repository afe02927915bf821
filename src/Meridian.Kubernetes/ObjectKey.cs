using System.Text.Json;

namespace Meridian.Kubernetes;

/// <summary>Which object of a resource: its namespace (empty for none) and its name.</summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>The key in an object's <c>metadata</c>.</summary>
    public static ObjectKey Of(JsonElement document)
    {
        var metadata = document.GetProperty("metadata");
        return new ObjectKey(
            metadata.TryGetProperty("namespace", out var ns) ? ns.GetString() ?? "" : "",
            metadata.GetProperty("name").GetString() ?? "");
    }

    /// <summary>Reads <c>namespace/name</c>, or <c>name</c> in a namespace that is given.</summary>
    public static ObjectKey Parse(string text, string defaultNamespace = "")
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new ObjectKey(defaultNamespace, text) : new ObjectKey(text[..slash], text[(slash + 1)..]);
    }

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
