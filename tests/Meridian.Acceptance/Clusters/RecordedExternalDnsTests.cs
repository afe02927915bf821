using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Clusters;

/// <summary>
/// Conversations of ExternalDNS with the provider, sent again. They were recorded between the two on 2026-11-30 with
/// ExternalDNS's own code (master of 2026-08-22, three days after 0.22.0): its annotations, its plan, its TXT registry
/// and its webhook client, in the order of its controller's loop, over Ingresses that were made in the process.
/// </summary>
public sealed class RecordedExternalDnsTests
{
    private const string Zone = """
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: ai}
        spec: {origin: ai.example.com, soa: {negativeTtl: 1s}, nameServers: [{name: ns.example.net}]}
        """;

    public static TheoryData<string> Prefixes => ["external-dns.kubernetes.io", "external-dns.alpha.kubernetes.io"];

    [Theory, MemberData(nameof(Prefixes))]
    public async Task A_recorded_conversation_is_answered_as_it_was(string prefix)
    {
        await using var node = new TestNode(Zone);
        await node.StartAsync();
        await using var provider = new ProviderProcess(null, node.Url);
        await provider.UntilReadyAsync();
        using var http = new HttpClient { BaseAddress = provider.Uri };
        var syncs = Read(prefix);
        string[][] addresses = [["127.0.0.99"], ["127.0.0.99"], ["127.0.0.99"], [], []];
        foreach (var (sync, wanted) in syncs.Zip(addresses))
        {
            foreach (var exchange in sync!["exchanges"]!.AsArray())
                await RepeatAsync(http, exchange!);
            await node.UntilAnswerAsync("kokoro.ai.example.com", wanted);
        }
    }

    [Theory, MemberData(nameof(Prefixes))]
    public void A_recording_has_every_request_of_the_protocol_and_ends_without_one_that_changes_anything(string prefix)
    {
        var syncs = Read(prefix).Select(s => s!["exchanges"]!.AsArray()
            .Select(e => $"{e!["method"]} {e["path"]}").ToArray()).ToArray();
        string[] look = ["GET /records", "POST /adjustendpoints"];
        Assert.Equal(["GET /", .. look, "POST /records"], syncs[0]);
        Assert.Equal(look, syncs[1]);
        Assert.Equal([.. look, "POST /records"], syncs[2]);
        Assert.Equal([.. look, "POST /records"], syncs[3]);
        Assert.Equal(look, syncs[4]);
    }

    [Fact]
    public void Both_prefixes_of_annotations_are_one_to_the_provider()
    {
        var (one, other) = (Properties("external-dns.kubernetes.io"), Properties("external-dns.alpha.kubernetes.io"));
        Assert.Equal(["webhook/meridian-health-path=/healthz", "webhook/meridian-policy=Weighted",
            "webhook/meridian-weight=3"], one);
        Assert.Equal(one, other);

        static string[] Properties(string prefix) => [.. Read(prefix)[0]!["exchanges"]!.AsArray()
            .First(e => (string?)e!["path"] == "/adjustendpoints")!["body"]!.AsArray()
            .First(e => (string?)e!["dnsName"] == "kokoro.ai.example.com")!["providerSpecific"]!.AsArray()
            .Select(p => $"{p!["name"]}={p["value"]}").Order(StringComparer.Ordinal)];
    }

    private static async Task RepeatAsync(HttpClient http, JsonNode exchange)
    {
        using var request = new HttpRequestMessage(new HttpMethod((string)exchange["method"]!),
            (string)exchange["path"]!);
        if ((string?)exchange["contentType"] is { } media)
        {
            // Where it wants nothing it sends the text `null`.
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(exchange["body"]?.ToJsonString() ?? "null"));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(media);
        }

        if ((string?)exchange["accept"] is { } accept)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await http.SendAsync(request);
        var type = answer.Content.Headers.NonValidated.TryGetValues("Content-Type", out var types)
            ? types.ToString() : null; // before the text is read, for which it would be parsed
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)exchange["status"]! == (int)answer.StatusCode, $"{exchange.ToJsonString()}\n{text}");
        Assert.Equal((string?)exchange["answerType"], type);
        Assert.True(JsonNode.DeepEquals(exchange["answer"], text.Length == 0 ? null : JsonNode.Parse(text)),
            $"{exchange["answer"]?.ToJsonString()}\n{text}");
    }

    private static JsonArray Read(string prefix) => JsonNode.Parse(File.ReadAllText(Path.Combine(Checkout.Root,
        "tests/Meridian.Acceptance/Clusters/Recordings", $"{prefix}.json")))!.AsArray();
}
