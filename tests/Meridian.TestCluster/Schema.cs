using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Meridian.TestCluster;

/// <summary>
/// Structural schemas of custom resources: unknown fields are dropped, defaults filled in, types and limits checked.
/// </summary>
public static class Schema
{
    /// <exception cref="StatusException">The document does not fit (422, <c>Invalid</c>).</exception>
    internal static void Admit(ServedType type, JsonObject document)
    {
        if (type.Schema is null)
            return;
        var faults = Check(type.Schema, document);
        if (faults.Count > 0)
            throw new StatusException(422, "Invalid",
                $"{type.Kind} \"{(string?)document["metadata"]?["name"]}\" is invalid: {string.Join(", ", faults)}");
    }

    /// <summary>Prunes and defaults a document; gives what does not fit.</summary>
    public static IReadOnlyList<string> Check(JsonObject schema, JsonObject document)
    {
        var faults = new List<string>();
        foreach (var part in (ReadOnlySpan<string>)["spec", "status"])
        {
            if (schema["properties"]?[part] is not JsonObject partSchema)
                continue;
            if (document[part] is { } value)
                Check(partSchema, value, part, faults);
        }

        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            if (document[(string)name!] is null)
                faults.Add($"{(string)name!}: Required value");
        }

        return faults;
    }

    private static void Check(JsonObject schema, JsonNode node, string path, List<string> faults)
    {
        if (!HasType(schema, node))
        {
            faults.Add($"{path}: Invalid value: {node.ToJsonString()}: "
                + $"must be of type {(string?)schema["type"] ?? "integer or string"}");
            return;
        }

        switch (node)
        {
            case JsonObject fields:
                CheckFields(schema, fields, path, faults);
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (schema["items"] is JsonObject items && list[i] is { } item)
                        Check(items, item, $"{path}[{i}]", faults);
                }

                if ((int?)schema["minItems"] is { } least && list.Count < least)
                    faults.Add($"{path}: Invalid value: {list.Count}: should have at least {least} items");
                if ((int?)schema["maxItems"] is { } most && list.Count > most)
                    faults.Add($"{path}: Too many: {list.Count}: must have at most {most} items");
                break;
            default:
                CheckValue(schema, node, path, faults);
                break;
        }
    }

    private static void CheckFields(JsonObject schema, JsonObject fields, string path, List<string> faults)
    {
        var properties = schema["properties"] as JsonObject;
        var any = schema["additionalProperties"] as JsonObject;
        foreach (var (name, value) in fields.ToArray())
        {
            if (properties?[name] is JsonObject property)
            {
                if (value is null)
                    fields.Remove(name);
                else
                    Check(property, value, $"{path}.{name}", faults);
            }
            else if (any is not null && value is not null)
            {
                Check(any, value, $"{path}.{name}", faults);
            }
            else if ((bool?)schema["x-kubernetes-preserve-unknown-fields"] != true)
            {
                fields.Remove(name);
            }
        }

        foreach (var (name, property) in properties ?? [])
        {
            if (fields[name] is null && property!["default"] is { } value)
                fields[name] = value.DeepClone();
        }

        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            if (fields[(string)name!] is null)
                faults.Add($"{path}.{(string)name!}: Required value");
        }
    }

    private static void CheckValue(JsonObject schema, JsonNode node, string path, List<string> faults)
    {
        if (schema["enum"] is JsonArray names && !names.Any(n => JsonNode.DeepEquals(n, node)))
            faults.Add($"{path}: Unsupported value: {node.ToJsonString()}: "
                + $"supported values: {string.Join(", ", names.Select(n => n!.ToJsonString()))}");
        if (node.GetValueKind() == JsonValueKind.Number)
        {
            var number = (double)node;
            if ((double?)schema["minimum"] is { } low && number < low)
                faults.Add($"{path}: Invalid value: {number}: should be greater than or equal to {low}");
            if ((double?)schema["maximum"] is { } high && number > high)
                faults.Add($"{path}: Invalid value: {number}: should be less than or equal to {high}");
        }
        else if (node.GetValueKind() == JsonValueKind.String)
        {
            var text = (string)node!;
            if ((string?)schema["pattern"] is { } pattern && !Regex.IsMatch(text, pattern))
                faults.Add($"{path}: Invalid value: \"{text}\": should match '{pattern}'");
            if ((int?)schema["maxLength"] is { } most && text.Length > most)
                faults.Add($"{path}: Too long: may not be longer than {most}");
            if ((int?)schema["minLength"] is { } least && text.Length < least)
                faults.Add($"{path}: Invalid value: \"{text}\": should be at least {least} chars long");
        }
    }

    private static bool HasType(JsonObject schema, JsonNode node) =>
        ((bool?)schema["x-kubernetes-int-or-string"] == true, (string?)schema["type"], node.GetValueKind()) switch
        {
            (true, _, JsonValueKind.Number or JsonValueKind.String) => true,
            (true, _, _) => false,
            (_, "object", JsonValueKind.Object) => true,
            (_, "array", JsonValueKind.Array) => true,
            (_, "string", JsonValueKind.String) => true,
            (_, "boolean", JsonValueKind.True or JsonValueKind.False) => true,
            (_, "integer", JsonValueKind.Number) => (double)node % 1 == 0,
            (_, "number", JsonValueKind.Number) => true,
            (_, null, _) => true,
            _ => false,
        };
}
