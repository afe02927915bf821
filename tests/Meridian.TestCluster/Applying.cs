using System.Text.Json.Nodes;

namespace Meridian.TestCluster;

/// <summary>
/// Patches. Server-side apply is the part of it that a controller with one field manager meets: maps by field,
/// conditions by type, other lists whole.
/// </summary>
internal static class Applying
{
    /// <summary>The leaves that a document sets, of the status or of all else.</summary>
    public static HashSet<string> PathsOf(JsonObject document, string part)
    {
        var paths = new HashSet<string>();
        foreach (var (name, value) in document)
        {
            if (part == "status" ? name == "status" : name is not ("apiVersion" or "kind" or "status"))
                Collect(value, name, paths);
        }

        return paths;
    }

    public static JsonObject Merge(JsonObject live, JsonObject wanted, IEnumerable<string> dropped)
    {
        foreach (var path in dropped)
            Drop(live, path.Split('\u001f'));
        var copy = wanted.DeepClone().AsObject();
        Overlay(live, copy);
        return live;
    }

    /// <summary>JSON merge patch (RFC 7396).</summary>
    public static JsonNode? MergePatch(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject fields)
            return patch?.DeepClone();
        var result = target is JsonObject old ? old.DeepClone().AsObject() : [];
        foreach (var (name, value) in fields)
        {
            if (value is null)
                result.Remove(name);
            else
                result[name] = MergePatch(result[name], value);
        }

        return result;
    }

    /// <summary>JSON patch (RFC 6902), without move and copy.</summary>
    public static JsonObject JsonPatch(JsonObject document, JsonArray patch)
    {
        foreach (var step in patch.Select(s => s!.AsObject()))
        {
            var parts = ((string)step["path"]!).Split('/').Skip(1)
                .Select(p => p.Replace("~1", "/", StringComparison.Ordinal)
                    .Replace("~0", "~", StringComparison.Ordinal)).ToArray();
            JsonNode node = document;
            foreach (var part in parts[..^1])
                node = (node is JsonArray list
                    ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : node[part])
                    ?? throw Refuse(step);
            var last = parts[^1];
            var index = node is JsonArray array ? last == "-"
                ? array.Count : int.Parse(last, System.Globalization.CultureInfo.InvariantCulture) : -1;
            var current = node is JsonArray items ? index < items.Count ? items[index] : null : node[last];
            switch ((string?)step["op"])
            {
                case "test":
                    if (!JsonNode.DeepEquals(current, step["value"]))
                        throw Refuse(step);
                    break;
                case "remove":
                    if (current is null)
                        throw Refuse(step);
                    if (node is JsonArray from)
                        from.RemoveAt(index);
                    else
                        node.AsObject().Remove(last);
                    break;
                case "add" when node is JsonArray into:
                    into.Insert(index, step["value"]?.DeepClone());
                    break;
                case "add" or "replace":
                    if (node is JsonArray set)
                        set[index] = step["value"]?.DeepClone();
                    else
                        node[last] = step["value"]?.DeepClone();
                    break;
                default:
                    throw Refuse(step);
            }
        }

        return document;
    }

    private static StatusException Refuse(JsonObject step) =>
        new(422, "Invalid", $"the patch step {step.ToJsonString()} cannot be done");

    private static void Collect(JsonNode? value, string path, HashSet<string> paths)
    {
        if (value is JsonObject { Count: > 0 } fields)
        {
            foreach (var (name, field) in fields)
                Collect(field, $"{path}\u001f{name}", paths);
        }
        else if (value is JsonArray list && path.EndsWith("\u001fconditions", StringComparison.Ordinal))
        {
            foreach (var item in list)
                paths.Add($"{path}\u001f[{(string?)item!["type"]}]");
        }
        else
        {
            paths.Add(path);
        }
    }

    private static void Drop(JsonNode? node, ReadOnlySpan<string> path)
    {
        if (path.Length == 1)
        {
            var last = path[0];
            if (node is JsonArray list)
                list.Remove(list.FirstOrDefault(i => $"[{(string?)i!["type"]}]" == last));
            else
                (node as JsonObject)?.Remove(last);
            return;
        }

        if (node?[path[0]] is { } next)
            Drop(next, path[1..]);
    }

    private static void Overlay(JsonObject live, JsonObject wanted)
    {
        foreach (var (name, value) in wanted.ToArray())
        {
            if (value is JsonObject fields && live[name] is JsonObject old)
                Overlay(old, fields);
            else if (value is JsonArray list && name == "conditions" && live[name] is JsonArray conditions)
                OverlayConditions(conditions, list);
            else
                live[name] = value?.DeepClone();
        }
    }

    private static void OverlayConditions(JsonArray live, JsonArray wanted)
    {
        foreach (var condition in wanted)
        {
            var at = live.ToList().FindIndex(c => (string?)c!["type"] == (string?)condition!["type"]);
            if (at < 0)
                live.Add(condition!.DeepClone());
            else
                live[at] = condition!.DeepClone();
        }
    }
}
