using System.Collections.Immutable;
using System.Text.Json;

namespace Meridian.Operator.Discovering;

/// <summary>Extracts from a cluster's objects what is needed of them, so that nothing else is kept.</summary>
internal static class Projections
{
    public const string Prefix = "meridian.dev/";

    /// <summary>An Ingress: its load balancer's addresses and the Services behind it.</summary>
    public static Exposed Ingress(JsonElement document)
    {
        var ns = NamespaceOf(document);
        var services = new List<Backend>();
        if (Get(document, "spec", "defaultBackend", "service", "name") is { } standard)
            services.Add(new Backend($"{ns}/{standard.GetString()}", IsDefault: true));
        foreach (var rule in Items(Get(document, "spec", "rules")))
        {
            var host = Get(rule, "host")?.GetString() is { Length: > 0 } named ? named : null;
            foreach (var path in Items(Get(rule, "http", "paths")))
            {
                if (Get(path, "backend", "service", "name") is { } name)
                    services.Add(new Backend($"{ns}/{name.GetString()}", host));
            }
        }

        return Make(document, LoadBalancer(document), services, [], Get(document, "spec", "tls") is null ? 80 : 443);
    }

    /// <summary>A Service: its load balancer's addresses; it is behind itself.</summary>
    public static Exposed Service(JsonElement document) => Make(document,
        [.. LoadBalancer(document), .. Items(Get(document, "spec", "externalIPs")).Select(i => i.GetString()!)],
        [new Backend($"{NamespaceOf(document)}/{document.GetProperty("metadata").GetProperty("name").GetString()}")],
        [],
        Items(Get(document, "spec", "ports")).Select(p => Get(p, "port")?.GetInt32()).FirstOrDefault());

    /// <summary>A Gateway: its addresses. Its routes say what is behind it.</summary>
    public static Exposed Gateway(JsonElement document) => Make(document,
        [.. Items(Get(document, "status", "addresses")).Select(a => Get(a, "value")?.GetString() ?? "")
            .Where(a => a.Length > 0)], [], [],
        Items(Get(document, "spec", "listeners")).Select(l => Get(l, "port")?.GetInt32())
            .OrderBy(p => p == 443 ? 0 : 1).FirstOrDefault());

    /// <summary>A route: the Gateways in front, and the Services behind its host names.</summary>
    public static Exposed Route(JsonElement document)
    {
        var ns = NamespaceOf(document);
        var gateways = Items(Get(document, "spec", "parentRefs"))
            .Where(p => (Get(p, "kind")?.GetString() ?? "Gateway") == "Gateway")
            .Select(p => $"{Get(p, "namespace")?.GetString() ?? ns}/{Get(p, "name")?.GetString()}");
        var services = Items(Get(document, "spec", "rules")).SelectMany(r => Items(Get(r, "backendRefs")))
            .Where(b => (Get(b, "kind")?.GetString() ?? "Service") == "Service")
            .Select(b => $"{Get(b, "namespace")?.GetString() ?? ns}/{Get(b, "name")?.GetString()}").Distinct();
        string?[] hosts = [.. Items(Get(document, "spec", "hostnames")).Select(h => h.GetString())];
        return Make(document, [], services.SelectMany(s => (hosts.Length == 0 ? [null] : hosts)
            .Select(h => new Backend(s, h))), gateways, null);
    }

    /// <summary>An EndpointSlice: which Service it belongs to, and how many of its endpoints are ready.</summary>
    public static Slice? EndpointSlice(JsonElement document)
    {
        if (Get(document, "metadata", "labels", "kubernetes.io/service-name")?.GetString() is not { } service)
            return null;

        // By the API's definition an endpoint without the condition is ready.
        var ready = Items(Get(document, "endpoints"))
            .Count(e => Get(e, "conditions", "ready") is not { ValueKind: JsonValueKind.False });
        return new Slice($"{NamespaceOf(document)}/{service}", Get(document, "addressType")?.GetString() ?? "IPv4",
            ready);
    }

    private static Exposed Make(
        JsonElement document, IEnumerable<string> addresses, IEnumerable<Backend> services,
        IEnumerable<string> gateways, int? port) => new(
        Get(document, "metadata", "uid")?.GetString() ?? "",
        [.. addresses.Distinct()], [.. services.Distinct().OrderBy(s => s.Service, StringComparer.Ordinal)],
        [.. gateways.Distinct()],
        port, AnnotationsOf(document), LabelsOf(document));

    private static ImmutableDictionary<string, string> AnnotationsOf(JsonElement document) =>
        Get(document, "metadata", "annotations") is { ValueKind: JsonValueKind.Object } annotations
            ? annotations.EnumerateObject().Where(IsOurs)
                .ToImmutableDictionary(a => a.Name[Prefix.Length..], a => a.Value.GetString()!)
            : ImmutableDictionary<string, string>.Empty;

    private static ImmutableDictionary<string, string> LabelsOf(JsonElement document) =>
        Get(document, "metadata", "labels") is { ValueKind: JsonValueKind.Object } labels
            ? labels.EnumerateObject().Where(l => l.Value.ValueKind == JsonValueKind.String)
                .ToImmutableDictionary(l => l.Name, l => l.Value.GetString()!)
            : ImmutableDictionary<string, string>.Empty;

    private static bool IsOurs(JsonProperty annotation) =>
        annotation.Name.StartsWith(Prefix, StringComparison.Ordinal)
        && annotation.Value.ValueKind == JsonValueKind.String;

    private static IEnumerable<string> LoadBalancer(JsonElement document) =>
        Items(Get(document, "status", "loadBalancer", "ingress")).SelectMany(i =>
            new[] { Get(i, "ip")?.GetString(), Get(i, "ip") is null ? Get(i, "hostname")?.GetString() : null })
            .Where(a => !string.IsNullOrEmpty(a)).Select(a => a!);

    private static string NamespaceOf(JsonElement document) =>
        Get(document, "metadata", "namespace")?.GetString() ?? "";

    private static IEnumerable<JsonElement> Items(JsonElement? list)
    {
        if (list is not { ValueKind: JsonValueKind.Array } items)
            yield break;
        foreach (var item in items.EnumerateArray())
            yield return item;
    }

    private static JsonElement? Get(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element.ValueKind == JsonValueKind.Null ? null : element;
    }
}
