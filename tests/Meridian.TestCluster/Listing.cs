using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Meridian.TestCluster;

/// <summary>Lists, page by page.</summary>
internal static class Listing
{
    public static JsonObject Of(ObjectStore store, ServedType type, string? ns, IQueryCollection query)
    {
        var (all, revision) = store.List(type, ns);
        var selected = all.Where(o => Selects(query["labelSelector"], o) && SelectsField(query["fieldSelector"], o))
            .ToArray();
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var given)
            && given > 0 ? given : int.MaxValue;
        var start = 0;
        if (query["continue"].ToString() is { Length: > 0 } next)
        {
            var parts = next.Split(':');
            start = int.Parse(parts[0], CultureInfo.InvariantCulture);
            if (long.Parse(parts[1], CultureInfo.InvariantCulture) != revision)
                throw new StatusException(410, "Expired",
                    "The provided continue parameter is too old to display a consistent list result.");
        }

        var end = Math.Min(selected.Length, limit == int.MaxValue ? selected.Length : start + limit);
        return new JsonObject
        {
            ["kind"] = $"{type.Kind}List",
            ["apiVersion"] = type.ApiVersion,
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture),
                ["continue"] = end < selected.Length ? $"{end}:{revision}" : null,
            },
            ["items"] = new JsonArray([.. selected[start..end]]),
        };
    }

    /// <summary>
    /// Whether a label selector with <c>a=b</c>, <c>a!=b</c>, <c>a</c> and <c>!a</c> selects an object.
    /// </summary>
    public static bool Selects(string? selector, JsonObject document)
    {
        var labels = document["metadata"]?["labels"];
        return (selector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .All(term =>
            term.Split("!=") is [var no, var not] ? (string?)labels?[no] != not :
            term.Split('=', StringSplitOptions.RemoveEmptyEntries) is [var name, var value]
                ? (string?)labels?[name] == value :
            term.StartsWith('!') ? labels?[term[1..]] is null : labels?[term] is not null);
    }

    /// <summary>Whether a field selector selects an object.</summary>
    public static bool SelectsField(string? selector, JsonObject document) => selector is not { Length: > 0 }
        || selector.Split(',').All(term => term.Split('=') is [var field, var value] && (field switch
        {
            "metadata.name" => (string?)document["metadata"]!["name"] == value,
            "metadata.namespace" => (string?)document["metadata"]!["namespace"] == value,
            _ => throw new StatusException(400, "BadRequest", $"field label not supported: {field}"),
        }));
}
