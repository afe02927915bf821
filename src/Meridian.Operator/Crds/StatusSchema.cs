using System.Text.Json.Nodes;

namespace Meridian.Operator.Crds;

/// <summary>The schema of an object's status.</summary>
internal static class StatusSchema
{
    public static JsonObject Of(string kind)
    {
        var properties = new JsonObject
        {
            ["observedGeneration"] = Integer("The generation that this status is of"),
            ["installation"] = Text("The installation that writes this status, by the namespace and name of its Lease"),
            ["conditions"] = Conditions(),
        };
        foreach (var (name, schema) in Own(kind))
            properties[name] = schema;
        return new JsonObject
        {
            ["type"] = "object",
            ["description"] = "What is true, as the leading node sees it.",
            ["properties"] = properties,
        };
    }

    private static IEnumerable<(string, JsonObject)> Own(string kind) => kind switch
    {
        "GlobalEndpoint" =>
        [
            ("poolsUp", Text("Pools that serve, of all, such as 2/3")),
            ("answer", Text("What a client without a known place is answered now")),
            ("answers", List("The addresses that may be answered now",
                new JsonObject { ["type"] = "string" })),
            ("decisions", List("Every pool with what was decided of it and why", Object(
                ("pool", Text("Name of the AddressPool")), ("site", Text("Where it is")),
                ("state", Text("Up, Down, Draining, Guarded or Unknown")),
                ("since", Text("Since when")), ("reason", Text("Why, in words"))))),
        ],
        "AddressPool" =>
        [
            ("addressesUp", Text("Addresses that are up, of all, such as 2/3")),
            ("addresses", List("Every address with its verdict", Object(
                ("value", Text("The address")), ("from", Text("The object in a cluster that it is of")),
                ("verdict", Text("Up, Down, Draining or Unknown")),
                ("since", Text("Since when")), ("reason", Text("Why, in words"))))),
        ],
        "HealthCheck" =>
            [("targets", Integer("Addresses that are probed by it")), ("failing", Integer("Those that are down"))],
        "Zone" => [("serial", Integer("The SOA's serial"))],
        "Cluster" =>
        [
            ("objects", Integer("Objects of it that are known")),
            ("answeredAt", Text("When its API server last answered")),
        ],
        "ExportedService" =>
        [
            ("exported", Text("Clusters that have the Service, of all, such as 1/2")),
            ("clusters", List("Every cluster that is to have the Service", Object(
                ("name", Text("Name of the Cluster")),
                ("exported", new JsonObject { ["type"] = "boolean", ["description"] = "Whether it has it" }),
                ("reason", Text("Why not, in words"))))),
        ],
        _ => [],
    };

    private static JsonObject Conditions() => new()
    {
        ["type"] = "array",
        ["description"] = "What is so, and since when",
        ["x-kubernetes-list-type"] = "map",
        ["x-kubernetes-list-map-keys"] = new JsonArray("type"),
        ["items"] = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("type", "status", "lastTransitionTime", "reason", "message"),
            ["properties"] = new JsonObject
            {
                ["type"] = Text("What it speaks of"),
                ["status"] = new JsonObject
                {
                    ["type"] = "string",
                    ["enum"] = new JsonArray("True", "False", "Unknown"),
                },
                ["observedGeneration"] = Integer("The generation that it is of"),
                ["lastTransitionTime"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" },
                ["reason"] = Text("One word for machines"),
                ["message"] = Text("A sentence for people"),
            },
        },
    };

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static JsonObject Integer(string description) =>
        new() { ["type"] = "integer", ["format"] = "int64", ["description"] = description };

    private static JsonObject List(string description, JsonObject items) =>
        new() { ["type"] = "array", ["description"] = description, ["items"] = items };

    private static JsonObject Object(params (string Name, JsonObject Schema)[] fields) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(fields.Select(f => new KeyValuePair<string, JsonNode?>(f.Name, f.Schema))),
    };
}
