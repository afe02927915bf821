using System.Text.Json;
using System.Text.Json.Nodes;
using Cel;
using Meridian.Model;
using Meridian.Operator.Crds;
using Meridian.TestCluster;
using YamlDotNet.RepresentationModel;

namespace Meridian.Operator.Tests.Crds;

/// <summary>The schemas that Kubernetes holds objects to say the same as <c>meridian check</c>.</summary>
public sealed class CrdTests
{
    private static readonly string Zone = TestYaml.Zone
        + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 10.0.0.1}]}")
        + TestYaml.Part("Cluster", "hk", "{}")
        + TestYaml.Part("SourceMap", "m", "{sources: [], default: [p]}");

    private static readonly Dictionary<string, JsonObject> Schemas = CrdWriter.All.ToDictionary(
        c => (string)c.Definition["spec"]!["names"]!["kind"]!, c =>
        c.Definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject());

    public static TheoryData<string> Examples =>
        [.. Directory.EnumerateFiles(Root("examples"), "*.yaml", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Root(""), f))
        .Where(f => File.ReadAllText(Path.Combine(Root(""), f))
            .Contains("meridian.dev/v1alpha1", StringComparison.Ordinal)).Order()];

    [Theory, MemberData(nameof(Examples))]
    public void Every_example_fits_and_no_field_of_it_is_dropped(string file)
    {
        foreach (var document in Read(File.ReadAllText(Path.Combine(Root(""), file))))
        {
            var before = document["spec"]!.DeepClone();
            Assert.Empty(Faults(document));
            Assert.True(Covers(document["spec"]!, before),
                $"{document["kind"]}: {before.ToJsonString()}\n{document["spec"]!.ToJsonString()}");
        }
    }

    [Fact]
    public void A_definition_is_what_a_server_stores_so_that_a_second_apply_changes_nothing()
    {
        // What is empty is dropped (`omitempty` in apiextensions/v1), but for what has a meaning of its own.
        foreach (var (plural, definition) in CrdWriter.All)
            NothingEmpty(plural, definition);

        static void NothingEmpty(string path, JsonNode? node)
        {
            if (path.EndsWith(".default", StringComparison.Ordinal)
                || path.EndsWith(".subresources.status", StringComparison.Ordinal))
                return;
            Assert.False(node is null or JsonObject { Count: 0 } or JsonArray { Count: 0 }
                || (node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length == 0), path);
            foreach (var (name, child) in node as JsonObject ?? [])
                NothingEmpty($"{path}.{name}", child);
            foreach (var child in node as JsonArray ?? [])
                NothingEmpty($"{path}[]", child);
        }
    }

    [Theory]
    [InlineData("GlobalEndpoint", "{hostname: a.example.org, policy: Failover, pools: []}", "an endpoint needs pools")]
    [InlineData("GlobalEndpoint",
        "{hostname: a.example.org, policy: Failover, ttl: 5s, minTtl: 6s, pools: [{pool: p}]}",
        "minTtl must not be longer than ttl")]
    [InlineData("GlobalEndpoint",
        "{hostname: a.example.org, policy: Failover, ttl: 23h, minTtl: 1d, pools: [{pool: p}]}",
        "minTtl must not be longer than ttl")]
    [InlineData("HealthCheck", "{tcp: {port: 80}, interval: 23h59m, confirmInterval: 1d}",
        "confirmInterval must not be longer than interval")]
    [InlineData("GlobalEndpoint", "{hostname: a.example.org, policy: SourceMap, pools: [{pool: p}]}",
        "sourceMap goes with policy SourceMap, and only with it")]
    [InlineData("GlobalEndpoint", "{hostname: a.example.org, policy: Failover, sourceMap: m, pools: [{pool: p}]}",
        "sourceMap goes with policy SourceMap, and only with it")]
    [InlineData("GlobalEndpoint",
        "{hostname: a.example.org, policy: Failover, whenAllDown: Fallback, pools: [{pool: p}]}",
        "fallback goes with whenAllDown Fallback, and only with it")]
    [InlineData("GlobalEndpoint", "{hostname: a.example.org, policy: Failover, weights: auto, pools: [{pool: p}]}",
        "weights auto goes with policy Weighted, Sticky and LeastLoad")]
    [InlineData("HealthCheck", "{}", "exactly one of http, tcp, ping, grpc and external is wanted")]
    [InlineData("HealthCheck", "{tcp: {port: 80}, grpc: {port: 81}}",
        "exactly one of http, tcp, ping, grpc and external is wanted")]
    [InlineData("HealthCheck", "{tcp: {port: 80}, interval: 1s, confirmInterval: 2s}",
        "confirmInterval must not be longer than interval")]
    [InlineData("AddressPool", "{addresses: []}", "a pool needs addresses")]
    [InlineData("AddressPool", "{addresses: [{port: 80}]}", "an address has exactly one of value, from and tunnel")]
    [InlineData("AddressPool", "{addresses: [{value: 10.0.0.1, weightFrom: ready}]}", "weightFrom ready needs a from")]
    [InlineData("AddressPool", "{addresses: [{from: {cluster: hk}}]}",
        "exactly one of ingress, service, gateway, httpRoute, grpcRoute, tlsRoute, tcpRoute and select is wanted")]
    [InlineData("AddressPool",
        "{addresses: [{from: {cluster: hk, ingress: web/a, select: {kind: Ingress, labels: a=b}}}]}",
        "exactly one of ingress, service, gateway, httpRoute, grpcRoute, tlsRoute, tcpRoute and select is wanted")]
    [InlineData("AddressPool",
        "{addresses: [{from: {cluster: hk, select: {kind: Ingress, labels: a=b}, static: [10.0.0.1]}}]}",
        "static goes with one object, and select is any number of them")]
    [InlineData("AddressPool", "{addresses: [{value: 10.0.0.1, tunnel: {agent: lab, service: kokoro}}]}",
        "an address has exactly one of value, from and tunnel")]
    [InlineData("Cluster", "{access: {}}", "exactly one of inCluster, file, secret and argoSecret is wanted")]
    [InlineData("Cluster", "{access: {inCluster: true}, fromArgoCD: {}}", "access and fromArgoCD exclude each other")]
    [InlineData("AccessPolicy",
        "{issuer: 'https://a.example', jwksFile: /k, reviewedBy: hk, subjects: [{namespace: a, serviceAccount: b}]}",
        "jwksFile and reviewedBy exclude each other")]
    public void A_fault_across_fields_is_found_by_the_schema_and_by_check(string kind, string spec, string rule)
    {
        var text = $"apiVersion: meridian.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n";
        Assert.Equal([rule], Faults(Read(text).Single()));
        Assert.NotEmpty(ConfigurationReader.ReadText("test.yaml", Zone + text).Faults);
    }

    [Theory]
    [InlineData("Site", "{latitude: 91, longitude: 0}",
        "spec.latitude: Invalid value: 91: should be less than or equal to 90")]
    [InlineData("Site", "{latitude: 1}", "spec.longitude: Required value")]
    [InlineData("GlobalEndpoint", "{hostname: a.example.org, policy: Fastest, pools: [{pool: p}]}",
        "spec.policy: Unsupported value: \"Fastest\"")]
    [InlineData("GlobalEndpoint", "{hostname: a.example.org, policy: Failover, ttl: 10, pools: [{pool: p}]}",
        "spec.ttl: Invalid value: 10: must be of type string")]
    [InlineData("GlobalEndpoint", "{hostname: a.example.org, policy: Failover, ttl: soon, pools: [{pool: p}]}",
        "spec.ttl: Invalid value: \"soon\": should match")]
    [InlineData("AddressPool", "{addresses: [{value: 10.0.0.1, port: 70000}]}",
        "spec.addresses[0].port: Invalid value: 70000")]
    public void A_fault_in_a_field_is_found_by_the_schema_and_by_check(string kind, string spec, string fault)
    {
        var text = $"apiVersion: meridian.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n";
        Assert.StartsWith(fault, Faults(Read(text).Single())[0], StringComparison.Ordinal);
        Assert.NotEmpty(ConfigurationReader.ReadText("test.yaml", Zone + text).Faults);
    }

    [Fact]
    public void Defaults_of_the_schema_are_those_of_the_model()
    {
        var document = Read(TestYaml.Document("GlobalEndpoint", "x", "{hostname: a.example.org, pools: [{pool: p}]}"))
            .Single();
        Assert.Empty(Faults(document));
        Assert.Equal(
            """{"hostname":"a.example.org","pools":[{"pool":"p","weight":1,"weightFrom":"fixed"}],"enabled":true,"""
            + """  "ttl":"10s","policy":"Nearest","weights":"fixed","maxAnswers":4,"backupAnswer":false,""".Trim()
            + """  "whenAllDown":"ServeAll","recovery":{"ramp":"30s"},"guard":{"maxRemoved":"100%"}}""".Trim(),
            document["spec"]!.ToJsonString()
            .Replace("\"recovery\":{}", "\"recovery\":{\"ramp\":\"30s\"}", StringComparison.Ordinal)
            .Replace("\"guard\":{}", "\"guard\":{\"maxRemoved\":\"100%\"}", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_schema_is_structural()
    {
        foreach (var (kind, schema) in Schemas)
            Structural(kind, schema);
    }

    // kubectl reads YAML 1.1: `on: x` is the property "true" there, and `mode: off` is no string.
    [Fact]
    public void No_field_and_no_word_of_an_enumeration_is_a_boolean_of_YAML_1_1()
    {
        foreach (var (kind, schema) in Schemas)
            NoBooleans(kind, schema["properties"]!["spec"]!.AsObject());
    }

    private static void NoBooleans(string path, JsonObject schema)
    {
        foreach (var word in (schema["enum"] as JsonArray ?? []).Select(w => w!.ToString())
            .Append(path[(path.LastIndexOf('.') + 1)..]))
            Assert.DoesNotContain(word.ToLowerInvariant(),
                (string[])["y", "n", "yes", "no", "on", "off", "true", "false"]);
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
            NoBooleans($"{path}.{name}", property!.AsObject());
        if (schema["items"] is JsonObject items)
            NoBooleans($"{path}[]", items);
    }

    // The rules of structural schemas: kubernetes.io, "Extend the Kubernetes API with CustomResourceDefinitions".
    private static void Structural(string path, JsonObject schema)
    {
        Assert.True(schema["type"] is not null || (bool?)schema["x-kubernetes-int-or-string"] == true, path);
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
            Structural($"{path}.{name}", property!.AsObject());
        if ((string?)schema["type"] == "array")
            Structural($"{path}[]", schema["items"]!.AsObject());
        Assert.False(schema.ContainsKey("$ref"), path);
    }

    private static List<string> Faults(JsonObject document)
    {
        var schema = Schemas[(string)document["kind"]!];
        var faults = Schema.Check(schema, document).ToList();
        if (faults.Count == 0)
            Evaluate(schema["properties"]!["spec"]!.AsObject(), document["spec"]!, faults);
        return faults;
    }

    private static void Evaluate(JsonObject schema, JsonNode node, List<string> faults)
    {
        foreach (var rule in schema["x-kubernetes-validations"]?.AsArray() ?? [])
        {
            if (new CelEnvironment([], "")
                .Program((string)rule!["rule"]!,
                    new Dictionary<string, object?> { ["self"] = Plain(node) }) is not true)
                faults.Add((string)rule["message"]!);
        }

        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            if (node is JsonObject fields && fields[name] is { } value)
                Evaluate(property!.AsObject(), value, faults);
        }

        if (schema["items"] is JsonObject items && node is JsonArray list)
        {
            foreach (var item in list)
                Evaluate(items, item!, faults);
        }
    }

    private static object? Plain(JsonNode? node) => node switch
    {
        JsonObject fields => fields.ToDictionary(f => f.Key, f => Plain(f.Value)),
        JsonArray list => list.Select(Plain).ToArray(),
        null => null,
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => (string)node!,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => JsonSerializer.Deserialize<double>(node) is var number
                && number % 1 == 0 ? (object)(long)number : JsonSerializer.Deserialize<double>(node),
        },
    };

    private static bool Covers(JsonNode whole, JsonNode part) => (whole, part) switch
    {
        (JsonObject a, JsonObject b) => b.All(f => a[f.Key] is { } value ? Covers(value, f.Value!) : f.Value is null),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(p => Covers(p.First!, p.Second!)),
        _ => JsonNode.DeepEquals(whole, part),
    };

    private static IEnumerable<JsonObject> Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Where(d => d.RootNode is YamlMappingNode)
            .Select(d => Contents.Json(d.RootNode)!.AsObject())
            .Where(d => (string?)d["apiVersion"] == "meridian.dev/v1alpha1").ToList();
    }

    internal static string Root(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Meridian.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, path);
    }
}
