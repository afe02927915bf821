using System.Text.Json.Nodes;

namespace Meridian.TestCluster;

/// <summary>What the server says of itself, as kubectl asks for it.</summary>
internal static class ApiDiscovery
{
    public static JsonNode? Answer(ObjectStore store, string path) => path.Trim('/').Split('/') switch
    {
        ["version"] => new JsonObject { ["major"] = "1", ["minor"] = "33", ["gitVersion"] = "v1.33.0-small" },
        ["healthz" or "readyz" or "livez"] => new JsonObject { ["status"] = "ok" },
        ["api"] => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
        ["apis"] => new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. store.Types.Where(t => t.Group.Length > 0).GroupBy(t => t.Group)
                .Select(g => (JsonNode)Group(g.Key, g.First().Version))]),
        },
        ["api", "v1"] => Resources(store, "", "v1"),
        ["apis", var group, var version] => Resources(store, group, version),
        _ => null,
    };

    private static JsonObject Group(string name, string version) => new()
    {
        ["name"] = name,
        ["versions"] = new JsonArray(new JsonObject { ["groupVersion"] = $"{name}/{version}", ["version"] = version }),
        ["preferredVersion"] = new JsonObject { ["groupVersion"] = $"{name}/{version}", ["version"] = version },
    };

    private static JsonObject Resources(ObjectStore store, string group, string version) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
        ["resources"] = new JsonArray(
        [
            .. store.Types.Where(t => t.Group == group && t.Version == version).Select(t => (JsonNode)new JsonObject
            {
                ["name"] = t.Plural,
                ["singularName"] = t.Kind.ToLowerInvariant(),
                ["namespaced"] = t.Namespaced,
                ["kind"] = t.Kind,
                ["verbs"] = new JsonArray("create", "delete", "get", "list", "patch", "update", "watch"),
            }),
        ]),
    };
}
