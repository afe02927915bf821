using System.Text.Json.Nodes;
using Meridian.Model.Binding;

namespace Meridian.Operator.Crds;

/// <summary>Makes one JSON Schema of all kinds, for editors of configuration files.</summary>
public static class EditorSchema
{
    public static JsonObject Write() => new()
    {
        ["$schema"] = "http://json-schema.org/draft-07/schema#",
        ["title"] = "Meridian configuration",
        ["type"] = "object",
        ["required"] = new JsonArray("apiVersion", "kind", "metadata", "spec"),
        ["properties"] = new JsonObject
        {
            ["kind"] = new JsonObject { ["enum"] = new JsonArray([.. Kinds.All.Select(k => (JsonNode)k.Name)]) },
        },
        ["oneOf"] = new JsonArray([.. Kinds.All.Select(Of)]),
    };

    private static JsonNode Of(Kind kind)
    {
        var spec = CrdSchema.Of(kind.Type);
        MakeStrict(spec);
        return new JsonObject
        {
            ["description"] = kind.Description,
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["const"] = Kinds.ApiVersion },
                ["kind"] = new JsonObject { ["const"] = kind.Name },
                ["metadata"] = new JsonObject
                {
                    ["type"] = "object",
                    ["required"] = new JsonArray("name"),
                    ["properties"] = new JsonObject { ["name"] = new JsonObject { ["type"] = "string" } },
                },
                ["spec"] = spec,
            },
        };
    }

    // A field that there is none of is a fault in a file; what is Kubernetes' own says nothing to an editor.
    private static void MakeStrict(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                MakeStrict(item);
            return;
        }

        if (node is not JsonObject schema)
            return;
        foreach (var name in schema.Select(p => p.Key)
            .Where(k => k.StartsWith("x-kubernetes-", StringComparison.Ordinal)).ToArray())
            schema.Remove(name);
        if (schema["properties"] is JsonObject)
            schema["additionalProperties"] = false;
        foreach (var (_, value) in schema)
            MakeStrict(value);
    }
}
