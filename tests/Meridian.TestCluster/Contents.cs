using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Meridian.TestCluster;

/// <summary>Puts into a server what controllers and people put into a cluster.</summary>
public static class Contents
{
    /// <summary>
    /// Creates or replaces the documents of a YAML text, as <c>kubectl apply</c> would; nothing is said of namespaces
    /// means <c>default</c>.
    /// </summary>
    public static void Put(this ApiServer server, string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        foreach (var document in stream.Documents.Where(d => d.RootNode is YamlMappingNode))
            server.Put(Json(document.RootNode)!.AsObject());
    }

    /// <summary>An Ingress with a load balancer, before a Service of the same name.</summary>
    public static void Expose(this ApiServer server, string ns, string name, string[] addresses,
        Dictionary<string, string>? annotations = null) => server.Put(new JsonObject
        {
            ["apiVersion"] = "networking.k8s.io/v1",
            ["kind"] = "Ingress",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = ns,
                ["annotations"] = new JsonObject((annotations ?? [])
                .Select(a => new KeyValuePair<string, JsonNode?>(a.Key, a.Value))),
            },
            ["spec"] = new JsonObject
            {
                ["defaultBackend"] = new JsonObject
                {
                    [
            "service"] = new JsonObject { ["name"] = name, ["port"] = new JsonObject { ["number"] = 80 } }
                }
            },
            ["status"] = new JsonObject
            {
                ["loadBalancer"] = new JsonObject
                {
                    ["ingress"] = new JsonArray([.. addresses
                    .Select(a => (JsonNode)new JsonObject { [char.IsAsciiDigit(a[^1])
                        || a.Contains(':') ? "ip" : "hostname"] = a })]),
                },
            },
        });

    /// <summary>
    /// What the controller of EndpointSlices writes for a Service with so many pods, of which so many are ready.
    /// </summary>
    public static void Scale(this ApiServer server, string ns, string service, int ready, int pods) =>
        server.Put(new JsonObject
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{service}-abcde",
                ["namespace"] = ns,
                ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = service },
            },
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray([.. Enumerable.Range(0, pods).Select(i => (JsonNode)new JsonObject
        {
            ["addresses"] = new JsonArray($"10.1.0.{i + 1}"),
            ["conditions"] = new JsonObject { ["ready"] = i < ready, ["serving"] = i < ready, ["terminating"] = false },
        })]),
        });

    /// <summary>A YAML node as JSON, by the types of YAML's core schema.</summary>
    public static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map =>
            new JsonObject(map.Children
                .Select(c => new KeyValuePair<string, JsonNode?>(((YamlScalarNode)c.Key).Value!, Json(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain when plain.Value is "true" or "false"
        || IsNumber(plain.Value) => JsonNode.Parse(plain.Value!),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "" or "null" } => null,
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };

    private static bool IsNumber(string? text)
    {
        try
        {
            return text is { Length: > 0 } && JsonDocument.Parse(text).RootElement.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
