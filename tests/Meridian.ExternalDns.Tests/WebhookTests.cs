using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.ExternalDns.Tests;

/// <summary>The protocol over real sockets, before nodes that answer well, badly or not at all.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Media = "application/external.dns.webhook+json;version=1";
    private const string App = """{"dnsName":"app.example.org","targets":["10.0.0.1"],"recordType":"A"}""";

    private readonly HttpClient _http = new();
    private FakeNode _node = null!;
    private FakeNode _other = null!;
    private Webhook _webhook = null!;

    public async ValueTask InitializeAsync()
    {
        (_node, _other) = (await FakeNode.StartAsync(), await FakeNode.StartAsync());
        _webhook = await StartAsync(_node.Url);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _webhook.DisposeAsync();
        await _node.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Negotiation_gives_the_zones_in_the_media_type_of_the_protocol()
    {
        using var answer = await _http.GetAsync(_webhook.Address);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Media, answer.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal("Content-Type", Assert.Single(answer.Headers.GetValues("Vary")));
        Assert.Equal("""{"include":["example.org"]}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Changes_are_passed_on_whole_with_null_lists_as_empty_ones()
    {
        const string Gone = """{"dnsName":"b.example.org","recordType":"A","targets":null}""";
        var (status, _) = await PostAsync("records",
            $$"""{"Create":[{{App}}],"updateOld":null,"Delete":[{{Gone}}]}""");

        Assert.Equal(HttpStatusCode.NoContent, status);
        Assert.Equal($$"""{"create":[{{App}}],"delete":[{"dnsName":"b.example.org","targets":[],"recordType":"A"}]}""",
            Assert.Single(_node.Posted));
    }

    [Theory]
    [InlineData(Webhook.ManyRecords - 1, 0)]
    [InlineData(Webhook.ManyRecords, 1)]
    public async Task A_list_that_comes_near_to_what_ExternalDNS_reads_is_told_once(int records, int warnings)
    {
        _node.Records = "[" + string.Join(',', Enumerable.Range(0, records)
            .Select(i => $$"""{"dnsName":"n{{i}}.example.org","recordType":"A","targets":["10.0.0.1"]}""")) + "]";
        using var log = new RecordedLog();
        await using var webhook = await Webhook.StartAsync(Options(_node.Url), log);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await _http.GetAsync(new Uri(webhook.Address, "records"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(warnings, log.Lines.Count(l => l.StartsWith($"there are {records} records",
            StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_left_out_is_told_once_and_again_when_it_comes_back()
    {
        const string Stray = """{"dnsName":"a.example.net","recordType":"A","targets":["10.0.0.1"]}""";
        using var log = new RecordedLog();
        await using var webhook = await Webhook.StartAsync(Options(_node.Url), log);
        for (var i = 0; i < 3; i++)
            await SyncAsync(Stray);
        Assert.Single(log.Lines, l => l.StartsWith("left out: ", StringComparison.Ordinal));
        await SyncAsync(App);
        await SyncAsync(Stray);
        Assert.Equal(2, log.Lines.Count(l => l.StartsWith("left out: ", StringComparison.Ordinal)));

        async Task SyncAsync(string record)
        {
            using var content = new StringContent($"[{record}]", Encoding.UTF8);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(Media);
            using var answer = await _http.PostAsync(new Uri(webhook.Address, "adjustendpoints"), content);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Nothing_to_change_is_not_passed_on()
    {
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("records", "{}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("records", "null")).Status);
        Assert.Empty(_node.Posted);
    }

    [Theory]
    [InlineData("records", "{")]
    [InlineData("records", "[]")]
    [InlineData("records", """{"create":[null]}""")]
    [InlineData("records", """{"create":[{"dnsName":null,"recordType":"A"}]}""")]
    [InlineData("records", """{"delete":[{"dnsName":"a.example.org","recordType":null}]}""")]
    [InlineData("records", """{"updateNew":[{"dnsName":"a.example.org","recordType":"A","targets":[null]}]}""")]
    [InlineData("adjustendpoints", "")]
    [InlineData("adjustendpoints", "{}")]
    [InlineData("adjustendpoints", "[null]")]
    [InlineData("adjustendpoints", """[{"dnsName":null,"recordType":"A"}]""")]
    [InlineData("adjustendpoints", """[{"dnsName":"a.example.org","recordType":"CNAME","targets":[null]}]""")]
    [InlineData("adjustendpoints", """[{"dnsName":"a.example.org","recordType":"A","providerSpecific":[null]}]""")]
    [InlineData("adjustendpoints", """[{"dnsName":"a.example.org","recordType":"A","recordTTL":9e30}]""")]
    public async Task A_body_that_is_not_the_protocols_is_the_clients_fault(string path, string body)
    {
        var (status, text) = await PostAsync(path, body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("not the JSON of the protocol: ", text, StringComparison.Ordinal);
        Assert.Empty(_node.Posted);
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/external.dns.webhook+json", HttpStatusCode.NoContent)]
    [InlineData("application/external.dns.webhook+json;version=2", HttpStatusCode.NoContent)]
    public async Task The_media_type_of_a_body_is_checked(string media, HttpStatusCode status) =>
        Assert.Equal(status, (await PostAsync("records", "{}", media)).Status);

    [Theory]
    [InlineData("GET", "nothing", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "records", HttpStatusCode.BadRequest)]
    [InlineData("GET", "adjustendpoints", HttpStatusCode.BadRequest)]
    [InlineData("GET", "healthz", HttpStatusCode.OK)]
    [InlineData("GET", "metrics", HttpStatusCode.NotFound)] // metrics are at the other address
    public async Task Other_paths_and_methods(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_webhook.Address, path));
        using var answer = await _http.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task A_refusal_by_the_node_is_worth_another_try_and_says_why()
    {
        _node.Written = (422, """{"detail":"`app.example.org` is owned twice"}""");

        var (status, text) = await PostAsync("records", $$"""{"create":[{{App}}]}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.EndsWith(": 422: `app.example.org` is owned twice", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("")]
    public async Task A_scope_that_is_not_a_nodes_is_worth_another_try(string scope)
    {
        _node.Scope = scope;
        using var answer = await _http.GetAsync(_webhook.Address);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("""[{"dnsName":null}]""")]
    public async Task Records_that_are_not_a_nodes_are_worth_another_try(string records)
    {
        _node.Records = records;
        using var answer = await _http.GetAsync(new Uri(_webhook.Address, "records"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task A_record_that_one_of_two_nodes_lacks_is_shown_as_different()
    {
        await using var both = await StartAsync(_node.Url, _other.Url);
        const string Shared = """{"dnsName":"shared.example.org","targets":["10.0.0.2"],"recordType":"A"}""";
        (_node.Records, _other.Records) = ($"[{App},{Shared}]", $"[{Shared}]");

        var marked = App.Replace("\"A\"}", """
            "A","providerSpecific":[{"name":"webhook/meridian-incomplete","value":"true"}]}
            """, StringComparison.Ordinal);
        Assert.Equal($"[{marked},{Shared}]", await _http.GetStringAsync(new Uri(both.Address, "records")));

        // A node that is away has no say.
        await _other.DisposeAsync();
        Assert.Equal($"[{App},{Shared}]", await _http.GetStringAsync(new Uri(both.Address, "records")));
    }

    [Fact]
    public async Task A_change_is_done_when_one_of_two_nodes_has_accepted_it()
    {
        await using var both = await StartAsync(_node.Url, _other.Url);
        _other.Written = (500, "");
        Assert.Equal(HttpStatusCode.NoContent,
            (await PostAsync("records", $$"""{"create":[{{App}}]}""", Media, both)).Status);

        _node.Written = (503, "");
        Assert.Equal(HttpStatusCode.ServiceUnavailable,
            (await PostAsync("records", $$"""{"create":[{{App}}]}""", Media, both)).Status);
        Assert.Equal((2, 2), (_node.Posted.Count, _other.Posted.Count));
    }

    [Fact]
    public async Task The_token_is_read_anew_for_every_request()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "one\n");
        await using var webhook = await Webhook.StartAsync(Options(_node.Url) with { TokenFile = file },
            NullLoggerFactory.Instance);
        await _http.GetStringAsync(webhook.Address);
        await File.WriteAllTextAsync(file, "two\n");
        await _http.GetStringAsync(webhook.Address);

        Assert.Equal(["Bearer one", "Bearer two"], _node.Credentials);
        File.Delete(file);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _http.GetAsync(webhook.Address)).StatusCode);
    }

    [Fact]
    public async Task What_is_left_out_is_counted()
    {
        var health = FreePort();
        await using var webhook = await Webhook.StartAsync(
            Options(_node.Url) with { Health = new IPEndPoint(IPAddress.Loopback, health) },
                NullLoggerFactory.Instance);

        var (status, text) = await PostAsync("adjustendpoints",
            $$"""[{{App}},{"dnsName":"app.example.net","targets":["10.0.0.1"],"recordType":"A"}]""", Media, webhook);

        Assert.Equal((HttpStatusCode.OK, $"[{App}]"), (status, text));
        var metrics = await _http.GetStringAsync($"http://127.0.0.1:{health}/metrics");
        Assert.Contains("meridian_external_dns_left_out_total 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("meridian_external_dns_requests_total{operation=\"adjust\",outcome=\"done\"} 1\n", metrics,
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync($"http://127.0.0.1:{health}/records")).StatusCode);
    }

    private static Task<Webhook> StartAsync(params Uri[] servers) =>
        Webhook.StartAsync(Options(servers), NullLoggerFactory.Instance);

    private static WebhookOptions Options(params Uri[] servers) => new()
    {
        Servers = [.. servers],
        EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
        Health = new IPEndPoint(IPAddress.Loopback, FreePort()),
    };

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(
        string path, string body, string media = Media, Webhook? webhook = null)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (media.Length > 0)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(media);
        using var answer = await _http.PostAsync(new Uri((webhook ?? _webhook).Address, path), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
