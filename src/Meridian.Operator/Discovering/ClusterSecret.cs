using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Meridian.Kubernetes;

namespace Meridian.Operator.Discovering;

/// <summary>What is kept of a Secret that gives access to a cluster.</summary>
/// <param name="Name"><c>namespace/name</c>.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Data">Its data.</param>
internal sealed record ClusterSecret(string Name,
    ImmutableDictionary<string, string> Labels, ImmutableDictionary<string, byte[]> Data)
{
    public string? Text(string key) => Data.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value) : null;

    public static ClusterSecret Of(JsonElement document)
    {
        var metadata = document.GetProperty("metadata");
        return new ClusterSecret(ObjectKey.Of(document).ToString(),
            metadata.TryGetProperty("labels", out var labels)
                ? labels.EnumerateObject().ToImmutableDictionary(l => l.Name, l => l.Value.GetString() ?? "")
                : ImmutableDictionary<string, string>.Empty,
            document.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                ? data.EnumerateObject().ToImmutableDictionary(d => d.Name, d => d.Value.GetBytesFromBase64())
                : ImmutableDictionary<string, byte[]>.Empty);
    }
}
