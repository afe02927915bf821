using System.Text.Json.Nodes;

namespace Meridian.Kubernetes.Writing;

/// <summary>Keeps an object from going before what hangs on it is cleared away.</summary>
public static class Finalizers
{
    public static bool Has(JsonObject document, string finalizer) =>
        document["metadata"]?["finalizers"] is JsonArray all && all.Any(f => (string?)f == finalizer);

    public static bool IsGoing(JsonObject document) => document["metadata"]?["deletionTimestamp"] is not null;

    /// <summary>Adds the finalizer, if the object is still as it was read; a conflict otherwise.</summary>
    public static Task<JsonObject> AddAsync(ClusterClient client, ApiResource resource, JsonObject document,
        string finalizer, CancellationToken cancellationToken) =>
        SetAsync(client, resource, document, [.. Of(document), finalizer], cancellationToken);

    /// <summary>Removes the finalizer, if the object is still as it was read; a conflict otherwise.</summary>
    public static Task<JsonObject> RemoveAsync(ClusterClient client, ApiResource resource, JsonObject document,
        string finalizer, CancellationToken cancellationToken) =>
        SetAsync(client, resource, document, [.. Of(document).Where(f => f != finalizer)], cancellationToken);

    private static IEnumerable<string> Of(JsonObject document) =>
        document["metadata"]?["finalizers"] is JsonArray all ? all.Select(f => (string)f!) : [];

    private static Task<JsonObject> SetAsync(
        ClusterClient client, ApiResource resource, JsonObject document, IEnumerable<string> finalizers,
        CancellationToken cancellationToken)
    {
        var metadata = document["metadata"]!;
        var key = new ObjectKey((string?)metadata["namespace"] ?? "", (string)metadata["name"]!);
        return client.MergeAsync(resource, key, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["finalizers"] = new JsonArray([.. finalizers.Select(f => (JsonNode)f)]),
                ["resourceVersion"] = (string?)metadata["resourceVersion"],
            },
        }, cancellationToken);
    }
}
