using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Meridian.Acceptance.Clusters;

/// <summary>
/// ExternalDNS as a webhook provider meets it: negotiation, its TXT registry, its plan and the requests of one sync,
/// with the rules by which the real one finds that something must be changed.
/// </summary>
internal sealed class FakeExternalDns(Uri provider, string owner) : IDisposable
{
    public const string MediaType = "application/external.dns.webhook+json;version=1";

    private readonly HttpClient _http = new() { BaseAddress = provider };

    /// <summary>What the cluster wants.</summary>
    public List<JsonObject> Desired { get; } = [];

    public void Dispose() => _http.Dispose();

    public static JsonObject Endpoint(string name, string type, string[] targets, long ttl = 0, string? set = null,
        params (string Name, string Value)[] properties)
    {
        var endpoint = new JsonObject
        {
            ["dnsName"] = name,
            ["targets"] = new JsonArray([.. targets.Select(t => (JsonNode)t)]),
            ["recordType"] = type,
        };
        if (ttl > 0)
            endpoint["recordTTL"] = ttl;
        if (set is not null)
            endpoint["setIdentifier"] = set;
        if (properties.Length > 0)
            endpoint["providerSpecific"] =
            new JsonArray([.. properties
                .Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["value"] = p.Value })]);
        return endpoint;
    }

    public async Task<JsonObject> NegotiateAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept", MediaType);
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(MediaType, Assert.Single(response.Content.Headers.NonValidated["Content-Type"])); // by equality
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
    }

    /// <summary>One sync; gives how many changes it sent, and the status of the answer.</summary>
    public async Task<(int Changes, HttpStatusCode Status)> SyncAsync()
    {
        var current = await RecordsAsync();
        var owned = current.Where(e => (string?)e["recordType"] == "TXT")
            .SelectMany(e => e["targets"]!.AsArray()
                .Select(t => (Name: (string)e["dnsName"]!, Set: (string?)e["setIdentifier"] ?? "", Text: (string)t!)))
            .Where(t => t.Text == Registry(t.Name)).Select(t => (t.Name, t.Set)).ToHashSet();
        foreach (var endpoint in current.Where(e => (string?)e["recordType"] != "TXT"))
        {
            if (!owned.Contains((CompanionOf(endpoint), (string?)endpoint["setIdentifier"] ?? "")))
                endpoint["providerSpecific"] =
                new JsonArray([.. (endpoint["providerSpecific"]?.AsArray() ?? []).Select(p => p!.DeepClone()),
                    new JsonObject { ["name"] = "txt/force-update", ["value"] = "true" }]);
        }

        var desired = (await PostAsync("/adjustendpoints",
            new JsonArray([.. Desired.Select(d => (JsonNode)d.DeepClone())]), HttpStatusCode.OK)).Body!.AsArray()
            .Select(e => e!.AsObject()).ToArray();
        var (create, old, now, delete) = (new JsonArray(), new JsonArray(), new JsonArray(), new JsonArray());
        var there = current.Where(e => (string?)e["recordType"] != "TXT").ToDictionary(KeyOf);
        foreach (var want in desired)
        {
            if (!there.Remove(KeyOf(want), out var have))
                Add(create, want);
            else if (Differs(want, have))
            {
                Add(old, have);
                Add(now, want);
            }
        }

        foreach (var gone in there.Values)
            Add(delete, gone);
        var changes = (create.Count + now.Count + delete.Count) / 2; // each with its companion
        if (changes == 0)
            return (0, HttpStatusCode.NoContent);
        var (status, _) = await PostAsync("/records",
            new JsonObject { ["Create"] = create, ["updateOld"] = old, ["UpdateNew"] = now, ["delete"] = delete });
        return (changes, status);
    }

    public async Task<JsonObject[]> RecordsAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/records");
        request.Headers.TryAddWithoutValidation("Accept", MediaType);
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return [.. JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray().Select(e => e!.AsObject())];
    }

    /// <summary>Asks for one change, such as <c>updateNew</c>, of one record set.</summary>
    /// <returns>Why it is not done; nothing where it is.</returns>
    public async Task<string> TryChangeAsync(string kind, JsonObject endpoint)
    {
        using var content = new ByteArrayContent(
            Encoding.UTF8.GetBytes(new JsonObject { [kind] = new JsonArray(endpoint) }.ToJsonString()));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(MediaType);
        using var response = await _http.PostAsync("/records", content);
        return response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync();
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(string path, JsonNode body,
        HttpStatusCode? wanted = null)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(MediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", MediaType);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (wanted is not null)
            Assert.True(response.StatusCode == wanted, $"{response.StatusCode}: {text}");
        return (response.StatusCode, response.IsSuccessStatusCode && text.Length > 0 ? JsonNode.Parse(text) : null);
    }

    // The registry's companion comes in the same changes, with the same set identifier and properties.
    private void Add(JsonArray list, JsonObject endpoint)
    {
        list.Add(endpoint.DeepClone());
        var companion = Endpoint(CompanionOf(endpoint), "TXT", [Registry(CompanionOf(endpoint))],
            set: (string?)endpoint["setIdentifier"]);
        companion["labels"] = new JsonObject { ["owner"] = owner };
        list.Add((JsonNode)companion);
    }

    private string Registry(string companion) =>
        $"\"heritage=external-dns,external-dns/owner={owner},"
        + $"external-dns/resource=ingress/web/{companion.Split('.')[0]}\"";

    private static string CompanionOf(JsonObject endpoint) =>
        $"{((string)endpoint["recordType"]!).ToLowerInvariant()}-{(string)endpoint["dnsName"]!}";

    private static string KeyOf(JsonObject endpoint) =>
        string.Join('|', ((string)endpoint["dnsName"]!).TrimEnd('.').ToLowerInvariant(),
            (string?)endpoint["setIdentifier"], (string?)endpoint["recordType"]);

    private static bool Differs(JsonObject want, JsonObject have) =>
        ((long?)want["recordTTL"] is > 0 and var ttl && ttl != (long?)have["recordTTL"])
        || !Targets(want).SequenceEqual(Targets(have))
        || !Properties(want).SequenceEqual(Properties(have));

    private static IEnumerable<string> Targets(JsonObject endpoint) =>
        endpoint["targets"]!.AsArray().Select(t => ((string)t!).ToLowerInvariant()).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Properties(JsonObject endpoint) =>
        (endpoint["providerSpecific"]?.AsArray() ?? []).Select(p => $"{p!["name"]}={p["value"]}")
        .Order(StringComparer.Ordinal);
}
