using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Acceptance.Support;
using Meridian.Dns.Wire;
using Meridian.TestCluster;

namespace Meridian.Acceptance.Clusters;

/// <summary>ExternalDNS in several clusters, through the real webhook provider, to the real node.</summary>
public sealed class ExternalDnsTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestIssuer _hk = new("https://hk.example.com");
    private readonly TestIssuer _vn = new("https://vn.example.com");
    private readonly TestNode _node;
    private readonly FakeSite _site = new("127.0.0.43", Ports.Free());

    public ExternalDnsTests()
    {
        _folder.Write("hk.json", _hk.Jwks);
        _folder.Write("vn.json", _vn.Jwks);
        _node = new TestNode(TestNode.Zone + $$"""
            apiVersion: meridian.dev/v1alpha1
            kind: Site
            metadata: {name: hongkong}
            spec: {latitude: 22.3, longitude: 114.2}
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: Site
            metadata: {name: hanoi}
            spec: {latitude: 21.0, longitude: 105.9}
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: AccessPolicy
            metadata: {name: hk}
            spec:
              issuer: https://hk.example.com
              jwksFile: {{_folder.Path}}/hk.json
              site: hongkong
              subjects: [{namespace: external-dns, serviceAccount: external-dns}]
              records: [{zones: [example.org], types: [A, AAAA, CNAME, TXT, SRV, MX]}]
              api: read
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: AccessPolicy
            metadata: {name: vn}
            spec:
              issuer: https://vn.example.com
              jwksFile: {{_folder.Path}}/vn.json
              site: hanoi
              subjects: [{namespace: external-dns, serviceAccount: "*"}]
              records: [{zones: [example.org], names: ["*app.example.org"], types: [A, CNAME, TXT]}]
            """);
    }

    [Fact]
    public async Task Records_are_served_at_once_and_three_more_syncs_change_nothing()
    {
        await _node.StartAsync();
        await using var provider = new ProviderProcess(TokenFile(_hk), _node.Url);
        await provider.UntilReadyAsync();
        using var dns = new FakeExternalDns(provider.Uri, "hk");
        Assert.Equal("""{"include":["example.org"]}""", (await dns.NegotiateAsync()).ToJsonString());

        // What makes other providers loop: no TTL, several targets in any order, capitals, trailing dots, quotes,
        // foreign properties.
        dns.Desired.AddRange(
        [
            FakeExternalDns.Endpoint("app.example.org", "A", ["10.4.0.2", "10.4.0.1"]),
            FakeExternalDns.Endpoint("v6.example.org", "AAAA", ["2001:DB8:0::1"], 300),
            FakeExternalDns.Endpoint("Alias.Example.org", "CNAME", ["LB-1.Example.NET"], 60, null,
                ("aws/evaluate-target-health", "true"), ("webhook/meridian-weight", "3")),
            FakeExternalDns.Endpoint("srv.example.org", "SRV", ["0 50 80 app.example.org"]),
            FakeExternalDns.Endpoint("mail.example.org", "MX", ["10 mx.example.org"]),
            FakeExternalDns.Endpoint("*.wild.example.org", "A", ["10.4.0.9"]),
            FakeExternalDns.Endpoint("stray.example.net", "A", ["10.4.0.8"]),
        ]);
        Assert.Equal((6, HttpStatusCode.NoContent), await dns.SyncAsync());
        for (var i = 0; i < 3; i++)
            Assert.Equal((0, HttpStatusCode.NoContent), await dns.SyncAsync());

        var answer = await _node.AskAsync("app.example.org");
        Assert.Equal(["10.4.0.1", "10.4.0.2"], answer.Addresses.Order());
        await _node.UntilAnswerAsync("x.wild.example.org", "10.4.0.9");
        Assert.Equal(60u, (await _node.AskAsync("alias.example.org", RecordType.CNAME)).Ttl);
        Assert.Equal(300u, (await _node.AskAsync("a-app.example.org", RecordType.TXT)).Ttl); // the zone's

        // The text of the registry comes back octet by octet.
        var text = (await dns.RecordsAsync()).Single(r => (string?)r["dnsName"] == "a-app.example.org");
        Assert.Equal("\"heritage=external-dns,external-dns/owner=hk,external-dns/resource=ingress/web/a-app\"",
            (string?)text["targets"]![0]);

        // From an alias to addresses in one batch, with never neither.
        dns.Desired.RemoveAll(d => (string?)d["dnsName"] == "Alias.Example.org");
        dns.Desired.Add(FakeExternalDns.Endpoint("alias.example.org", "A", ["10.4.0.7"]));
        using var watching = new CancellationTokenSource();
        var gaps = Task.Run(async () =>
        {
            var gap = 0;
            while (!watching.IsCancellationRequested)
            {
                var seen = await _node.AskAsync("alias.example.org");
                gap += seen is { Code: 0, Ttl: < uint.MaxValue } ? 0 : 1; // without a record there is no TTL
            }

            return gap;
        });
        Assert.Equal((2, HttpStatusCode.NoContent), await dns.SyncAsync()); // one gone, one new, together
        await _node.UntilAnswerAsync("alias.example.org", "10.4.0.7");
        await watching.CancelAsync();
        Assert.Equal(0, await gaps);
        Assert.Equal((0, HttpStatusCode.NoContent), await dns.SyncAsync());

        // Everything survives a restart, and what is wanted no more goes.
        await _node.StopAsync();
        await _node.StartAsync();
        await _node.UntilAnswerAsync("app.example.org", "10.4.0.1", "10.4.0.2");
        dns.Desired.Clear();
        await dns.SyncAsync();
        Assert.Empty(await dns.RecordsAsync());
        await _node.UntilAnswerAsync("app.example.org");
    }

    [Fact]
    public async Task Several_clusters_share_a_name_and_each_owns_its_targets()
    {
        _site.Start();
        await _node.StartAsync();
        await using var first = new ProviderProcess(TokenFile(_hk), _node.Url);
        await using var second = new ProviderProcess(TokenFile(_vn), _node.Url);
        await first.UntilReadyAsync();
        await second.UntilReadyAsync();
        using var hk = new FakeExternalDns(first.Uri, "hk");
        using var vn = new FakeExternalDns(second.Uri, "vn");
        (string, string)[] steered = [("webhook/meridian-policy", "Failover"), ("webhook/meridian-health-path", "/"),
            ("webhook/meridian-port", $"{_site.Port}")];
        hk.Desired.Add(FakeExternalDns.Endpoint("app.example.org", "A", [_site.Address], 5, null,
            [.. steered, ("webhook/meridian-priority", "1")]));
        vn.Desired.Add(FakeExternalDns.Endpoint("app.example.org", "A", ["127.0.0.44"], 5, null,
            [.. steered, ("webhook/meridian-priority", "2")]));
        Assert.Equal((1, HttpStatusCode.NoContent), await hk.SyncAsync());
        Assert.Equal((1, HttpStatusCode.NoContent), await vn.SyncAsync());
        Assert.Equal((0, HttpStatusCode.NoContent), await hk.SyncAsync());
        Assert.Equal((0, HttpStatusCode.NoContent), await vn.SyncAsync());

        await using var other = new FakeSite("127.0.0.44", _site.Port).Start();
        await Wait.UntilAsync(async () =>
            (await _node.StatusAsync()).Endpoints.Single().Pools.All(p => p.State == "Up"), () => _node.Log);
        var endpoint = (await _node.StatusAsync()).Endpoints.Single();
        Assert.Equal(["hanoi", "hongkong"], endpoint.Pools.Select(p => p.Site!).Order());
        await _node.UntilAnswerAsync("app.example.org", _site.Address);
        _site.Status = 503;
        await _node.UntilAnswerAsync("app.example.org", "127.0.0.44");
        _site.Status = 200;
        await _node.UntilAnswerAsync("app.example.org", _site.Address);

        // Withdrawn by one, it stays with the other.
        hk.Desired.Clear();
        await hk.SyncAsync();
        await _node.UntilAnswerAsync("app.example.org", "127.0.0.44");
    }

    [Fact]
    public async Task A_token_opens_what_its_policy_grants_and_nothing_else()
    {
        await _node.StartAsync();
        var now = DateTimeOffset.UtcNow.AddMinutes(-1);
        Assert.Equal((200, ""), await AskAsync(HttpMethod.Get, "api/v1/status", _hk.Token(now)));
        Assert.Equal((200, ""), await AskAsync(HttpMethod.Get, "api/v1/records", _hk.Token(now)));
        Assert.Equal((403, "external-dns/external-dns by AccessPolicy hk may not change anything here: "
            + "`api: write` would grant it"),
            await AskAsync(HttpMethod.Post, "api/v1/overrides", _hk.Token(now)));
        Assert.Equal((403, "external-dns/external-dns by AccessPolicy vn may not read anything here: "
            + "`api: read` would grant it"),
            await AskAsync(HttpMethod.Get, "api/v1/status", _vn.Token(now)));
        Assert.Equal((403, "no AccessPolicy of https://hk.example.com "
            + $"({_folder.Path}/hk.json) names external-dns/other"),
            await AskAsync(HttpMethod.Get, "api/v1/status",
                _hk.Token(now, subject: "system:serviceaccount:external-dns:other")));
        Assert.Equal((401, "the algorithm `none` is not accepted"),
            await AskAsync(HttpMethod.Get, "api/v1/status", _hk.Token(now, algorithm: "none")));
        Assert.Equal(401, (await AskAsync(HttpMethod.Get, "api/v1/status", _hk.Token(now.AddDays(-1)))).Status);

        // Names and types beyond the policy.
        Assert.Equal((403, "external-dns/external-dns by AccessPolicy vn may not write A records of "
            + "`other.example.org`: no grant of the policy allows it"),
            await CreateAsync("""{"dnsName":"other.example.org","recordType":"A","targets":["10.0.0.1"]}"""));
        Assert.Equal(403, (await CreateAsync(
            """{"dnsName":"app.example.org","recordType":"MX","targets":["10 a.example.org"]}""")).Status);
        Assert.Equal((204, ""), await CreateAsync(
            """{"dnsName":"app.example.org","recordType":"A","targets":["10.0.0.1"]}"""));

        // A batch that holds one record that cannot be served is not taken at all, and says which.
        var (status, reason) = await AskAsync(HttpMethod.Post, "api/v1/records", _hk.Token(now),
            """
            {"create": [{"dnsName": "good.example.org", "recordType": "TXT", "targets": ["fine"]},
              {"dnsName": "bad.example.org", "recordType": "SRV", "targets": ["not a service"]}]}
            """);
        Assert.Equal(422, status);
        Assert.StartsWith("record `bad.example.org.`: SRV: `not` is not a pri", reason, StringComparison.Ordinal);
        Assert.Equal(3, (await _node.AskAsync("good.example.org", RecordType.TXT)).Code);
        await _node.UntilLoggedAsync("access: external-dns/external-dns by AccessPolicy hk may GET /api/v1/status");
        await _node.UntilLoggedAsync("names external-dns/other");

        Task<(int Status, string Reason)> CreateAsync(string record) =>
            AskAsync(HttpMethod.Post, "api/v1/records", _vn.Token(now), $$"""{"create":[{{record}}]}""");
    }

    [Fact]
    public async Task Clusters_that_share_the_text_of_an_issuer_are_two_clients_with_scopes_of_their_own()
    {
        // kubeadm gives every cluster the same issuer.
        using var other = new TestIssuer(_hk.Url);
        _folder.Write("other.json", other.Jwks);
        File.AppendAllText(_node.ConfigurationFile, $$"""

            ---
            apiVersion: meridian.dev/v1alpha1
            kind: AccessPolicy
            metadata: {name: other}
            spec:
              issuer: {{_hk.Url}}
              jwksFile: {{_folder.Path}}/other.json
              subjects: [{namespace: external-dns, serviceAccount: external-dns}]
              records: [{zones: [b.example.org]}]
            """);
        await _node.StartAsync();
        var now = DateTimeOffset.UtcNow.AddMinutes(-1);
        const string Good = """{"dnsName":"good.b.example.org","recordType":"A","targets":["10.0.0.1"]}""";
        const string Evil = """{"dnsName":"evil.example.org","recordType":"A","targets":["10.0.0.2"]}""";
        Assert.Equal((403, "external-dns/external-dns by AccessPolicy other may not write A records of "
            + "`evil.example.org`: no grant of the policy allows it"),
            await ChangeAsync(other, $$"""{"create":[{{Evil}}]}"""));
        Assert.Equal((204, ""), await ChangeAsync(other, $$"""{"create":[{{Good}}]}"""));
        await _node.UntilAnswerAsync("good.b.example.org", "10.0.0.1");

        // The first cluster's client neither sees nor deletes it.
        Assert.Equal((204, ""), await ChangeAsync(_hk, $$"""{"delete":[{{Good}}]}"""));
        await _node.UntilAnswerAsync("good.b.example.org", "10.0.0.1");
        Assert.Equal((403, "external-dns/external-dns by AccessPolicy other may not read anything here: "
            + "`api: read` would grant it"),
            await AskAsync(HttpMethod.Get, "api/v1/status", other.Token(now)));

        // A second file with the same keys: nobody can say whose the token is.
        _folder.Write("other.json", _hk.Jwks);
        await Wait.UntilAsync(async () =>
            (await AskAsync(HttpMethod.Get, "api/v1/status", _hk.Token(now))).Status == 403, () => _node.Log);

        Task<(int Status, string Reason)> ChangeAsync(TestIssuer issuer, string changes) =>
            AskAsync(HttpMethod.Post, "api/v1/records", issuer.Token(now), changes);
    }

    [Fact]
    public async Task The_provider_says_what_the_protocol_wants_it_to_say()
    {
        var token = TokenFile(_hk);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await using var provider = new ProviderProcess(token, _node.Url); // no node runs yet
        await provider.UntilReadyAsync();
        Assert.Contains($"{token} holds a secret and can be read by everybody", provider.Log, StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = provider.Uri };
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/records")).StatusCode); // a soft error
        Assert.Equal(HttpStatusCode.BadRequest, (await http.DeleteAsync("/records")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/else")).StatusCode);
        using (var wrong = new StringContent("[]", Encoding.UTF8, "application/json"))
            Assert.Equal(HttpStatusCode.UnsupportedMediaType,
                (await http.PostAsync("/adjustendpoints", wrong)).StatusCode);

        await _node.StartAsync();
        using var dns = new FakeExternalDns(provider.Uri, "hk");
        await dns.NegotiateAsync();
        using (var broken = new ByteArrayContent(
            "{"u8.ToArray())
        { Headers = { ContentType = MediaTypeHeaderValue.Parse(FakeExternalDns.MediaType) } })
            Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("/records", broken)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent,
            (await dns.PostAsync("/records",
                new JsonObject
                {
                    ["create"] = null,
                    ["updateOld"] = null,
                    ["updateNew"] = null,
                    ["delete"] = null,
                })).Status);

        // Idempotent: the same changes again, a delete of what is not there, an update of what is missing.
        var change = new JsonObject
        {
            ["updateOld"] = new JsonArray(FakeExternalDns.Endpoint("app.example.org", "A",
            ["10.0.0.1"])),
            ["updateNew"] = new JsonArray(FakeExternalDns.Endpoint("app.example.org", "A",
            ["10.0.0.2"])),
            ["delete"] = new JsonArray(FakeExternalDns.Endpoint("gone.example.org", "A",
            ["10.0.0.3"]))
        };
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await dns.PostAsync("/records", change)).Status);
        await _node.UntilAnswerAsync("app.example.org", "10.0.0.2");

        // Health and metrics are for everybody, records for loopback alone.
        using var health = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{provider.HealthPort}") };
        Assert.Contains("meridian_external_dns_requests_total{operation=\"apply\",outcome=\"done\"} 3",
            await health.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await health.GetAsync("/records")).StatusCode);
    }

    [Fact]
    public async Task A_node_that_was_away_gets_what_it_lacks()
    {
        await _node.StartAsync();
        await using var second = new TestNode(File.ReadAllText(_node.ConfigurationFile));
        await using var provider = new ProviderProcess(TokenFile(_hk), _node.Url, second.Url);
        await provider.UntilReadyAsync();
        using var dns = new FakeExternalDns(provider.Uri, "hk");
        dns.Desired.Add(FakeExternalDns.Endpoint("app.example.org", "A", ["10.0.0.1"]));
        Assert.Equal((1, HttpStatusCode.NoContent), await dns.SyncAsync()); // one node is enough
        await second.StartAsync();
        Assert.Equal(1, (await dns.SyncAsync()).Changes);
        await second.UntilAnswerAsync("app.example.org", "10.0.0.1");
        Assert.Equal(0, (await dns.SyncAsync()).Changes);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _site.DisposeAsync();
        _hk.Dispose();
        _vn.Dispose();
        _folder.Dispose();
    }

    private string TokenFile(TestIssuer issuer)
    {
        var file = _folder.File($"{new Uri(issuer.Url).Host}.token");
        File.WriteAllText(file, issuer.Token(DateTimeOffset.UtcNow.AddMinutes(-1)));
        return file;
    }

    private async Task<(int Status, string Reason)> AskAsync(HttpMethod method, string path, string token,
        string body = "{}")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, $"{_node.Url}/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (method == HttpMethod.Post)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode,
            response.IsSuccessStatusCode ? "" : (string?)JsonNode.Parse(text)!["detail"] ?? text);
    }
}
