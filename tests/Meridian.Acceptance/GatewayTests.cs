using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>The real program as a gateway, before sites that die under load.</summary>
[Collection(Alone.Name)]
public sealed class GatewayTests
{
    private const string Name = "app.example.org";

    private static int _next = Environment.ProcessId % 200;

    [Fact]
    public async Task While_one_of_three_sites_dies_and_returns_under_load_no_request_fails()
    {
        await using var world = await World.StartAsync("profile: inference");
        using var client = world.Client();
        var kilobyte = HttpSite.Octets(1024);
        var upload = RandomNumberGenerator.GetBytes(200_000);
        var uploaded = Convert.ToHexString(SHA256.HashData(upload));
        var sites = new ConcurrentDictionary<string, int>();
        var failed = new ConcurrentBag<string>();
        var done = 0;

        var load = Parallel.ForEachAsync(Enumerable.Range(0, 3000), new ParallelOptions { MaxDegreeOfParallelism = 50 },
            async (i, cancellationToken) =>
        {
            try
            {
                using var response = i % 5 == 0
                    ? await client.PostAsync("/sum", new ByteArrayContent(upload), cancellationToken)
                    : await client.GetAsync("/bytes/1024", cancellationToken);
                var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                if (!response.IsSuccessStatusCode
                    || !(i % 5 == 0 ? System.Text.Encoding.ASCII.GetString(body) == uploaded
                        : body.AsSpan().SequenceEqual(kilobyte)))
                    failed.Add($"{i}: {(int)response.StatusCode}");
                sites.AddOrUpdate(response.Headers.GetValues("x-meridian-site").First(), 1, (_, n) => n + 1);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                failed.Add($"{i}: {e.Message}");
            }

            Interlocked.Increment(ref done);
        });
        await Wait.UntilAsync(() => done > 500, () => $"{done} done", 60);
        await world.Sites[0].KillAsync();
        await Wait.UntilAsync(() => done > 1500, () => $"{done} done", 60);
        await world.Sites[0].StartAsync();
        await load;

        Assert.True(failed.IsEmpty, $"{failed.Count} failed: {string.Join("; ", failed.Take(10))}\n{world.Node.Log}");
        Assert.True(sites["one"] > 400 && sites["two"] > 400, string.Join(", ", sites));
        await world.Node.UntilLoggedAsync("failed a request in phase");
    }

    [Fact]
    public async Task Uploads_of_20_MB_arrive_whole_and_streams_from_another_site_go_on_while_a_site_dies()
    {
        await using var world = await World.StartAsync("profile: inference", policy: "Weighted");
        using var client = world.Client();
        var upload = RandomNumberGenerator.GetBytes(20_000_000);
        var uploaded = Convert.ToHexString(SHA256.HashData(upload));

        var streams = Enumerable.Range(0, 12).Select(_ => EventsAsync(client, 60)).ToArray();
        var uploads = Enumerable.Range(0, 6).Select(async _ =>
        {
            using var response = await client.PostAsync("/sum", new ByteArrayContent(upload));
            return (response.StatusCode, Sum: await response.Content.ReadAsStringAsync());
        }).ToArray();
        await Task.Delay(300);
        await world.Sites[0].KillAsync();

        Assert.All(await Task.WhenAll(uploads), u => Assert.Equal((HttpStatusCode.OK, uploaded), u));

        // A stream is lost with its own site alone, and says so.
        foreach (var (site, lines, whole) in await Task.WhenAll(streams))
        {
            Assert.Equal(site != "one", whole);
            if (whole)
                Assert.Equal(Enumerable.Range(0, 60).Select(i => $"data: {i}"), lines.Where(l => l.Length > 0));
            else
                Assert.Contains("event: error", lines);
        }
    }

    [Fact]
    public async Task When_everything_is_down_the_answer_comes_within_a_second_and_says_when_to_come_back()
    {
        await using var world = await World.StartAsync("profile: inference");
        using var client = world.Client();
        foreach (var site in world.Sites)
            await site.KillAsync();

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        using var response = await client.GetAsync("/bytes/1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);

        // A bound of the design: three addresses that refuse cost no waiting at all.
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TestTime.Limit(5));
        await world.Sites[1].StartAsync();
        await Wait.UntilAsync(async () => (await client.GetAsync("/bytes/1")).IsSuccessStatusCode,
            () => world.Node.Log);
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2-prior-knowledge")]
    public async Task Curl_gets_and_uploads(string version)
    {
        Assert.SkipUnless(Run.Has("curl"), "curl is not installed (Debian: curl)");
        await using var world = await World.StartAsync("");
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, HttpSite.Octets(5_000_000));

        var get = await Run.ProgramAsync("curl", "-sS", "-i", version, "-H", $"Host: {Name}", $"{world.Url}bytes/1024");
        Assert.Contains("x-meridian-site: one", get.Output, StringComparison.OrdinalIgnoreCase);
        var sum = await Run.ProgramAsync("curl", "-sS", version, "-H", $"Host: {Name}", "--data-binary", $"@{file}",
            $"{world.Url}sum");
        Assert.Equal(Convert.ToHexString(SHA256.HashData(HttpSite.Octets(5_000_000))), sum.Output);
        var chunked = await Run.ProgramAsync("curl", "-sS", version, "-H", $"Host: {Name}", "-T", file, "-X", "POST",
            "-H", "Expect: 100-continue", $"{world.Url}sum");
        Assert.Equal(sum.Output, chunked.Output);
        File.Delete(file);
    }

    private static async Task<(string Site, List<string> Lines, bool Whole)> EventsAsync(HttpClient client, int count)
    {
        using var response = await client.GetAsync($"/events/{count}", HttpCompletionOption.ResponseHeadersRead);
        var site = response.Headers.GetValues("x-meridian-site").First();
        var lines = new List<string>();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        try
        {
            while (await reader.ReadLineAsync() is { } line)
                lines.Add(line);
            return (site, lines, true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (site, lines, false);
        }
    }

    /// <summary>Three sites and the program before them.</summary>
    [Fact]
    public async Task Spans_go_to_whom_they_are_for()
    {
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        var posted = CollectAsync(collector);
        await using var world = await World.StartAsync("profile: inference", "Failover", "--traces",
            $"http://{collector.LocalEndpoint}");
        using var client = world.Client();
        await world.Sites[0].KillAsync();
        Assert.Equal("ok", await client.GetStringAsync("/health"));
        Assert.Equal(0, await world.Node.StopAsync());

        var (head, body) = await posted.WithinAsync(20);
        Assert.StartsWith("POST /v1/traces HTTP/1.1\r\n", head, StringComparison.Ordinal);
        foreach (var wanted in (string[])["service.name", "meridian", "service.instance.id", "test", "GET e",
            "http.route", "meridian.site", "http.response.status_code"])
            Assert.Contains(wanted, body, StringComparison.Ordinal);
    }

    // One request, as octets.
    private static async Task<(string Head, string Body)> CollectAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var text = new System.Text.StringBuilder();
        var buffer = new byte[65536];
        while (true)
        {
            var read = await connection.GetStream().ReadAsync(buffer);
            text.Append(System.Text.Encoding.Latin1.GetString(buffer, 0, read));
            var seen = text.ToString();
            var end = seen.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var length = System.Text.RegularExpressions.Regex.Match(seen, "(?i)content-length: (\\d+)");
            if (read > 0 && (end < 0 || !length.Success
                || seen.Length < end + 4
                + int.Parse(length.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)))
                continue;
            await connection.GetStream()
                .WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            return (seen[..end], seen[end..]);
        }
    }

    private sealed class World : IAsyncDisposable
    {
        private World(HttpSite[] sites, TestNode node, int port)
        {
            (Sites, Node) = (sites, node);
            Url = new Uri($"http://127.0.0.1:{port}/");
        }

        public HttpSite[] Sites { get; }

        public TestNode Node { get; }

        public Uri Url { get; }

        public static async Task<World> StartAsync(string gateway, string policy = "Failover", params string[] more)
        {
            var octet = Interlocked.Increment(ref _next) % 250;
            var port = Ports.Free();
            var sites = new[] { "one", "two", "three" }
                .Select((n, i) => new HttpSite(n, new IPEndPoint(IPAddress.Parse($"127.33.{octet}.{i + 1}"), port)))
                .ToArray();
            foreach (var site in sites)
                await site.StartAsync();
            var configuration = TestNode.Zone
                + TestYaml.Part("HealthCheck", "c",
                    "{interval: 1s, confirmInterval: 100ms, timeout: 1s, http: {path: /health}}") +
                string.Concat(sites.Select(s => TestYaml.Part("Site", s.Name, "{latitude: 1, longitude: 1}") +
                    TestYaml.Part("AddressPool", s.Name,
                        $"{{site: {s.Name}, healthCheck: c, addresses: [{{value: {s.EndPoint.Address}, port: "
                            + $"{port}}}]}}"))) +
                TestYaml.Part("GlobalEndpoint", "e",
                    $"{{hostname: {Name}, policy: {policy}, recovery: {{ramp: 0s}}, gateway: {{{gateway}}}, pools: "
                        + $"[{{pool: one}}, {{pool: two}}, {{pool: three}}]}}");
            var listening = Ports.Free();
            var node = new TestNode(configuration);
            await node.StartAsync(true, ["--gateway", $"127.0.0.1:{listening}", .. more]);
            return new World(sites, node, listening);
        }

        public HttpClient Client()
        {
            var client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
            {
                BaseAddress = Url,
                Timeout = TestTime.Limit(60),
            };
            client.DefaultRequestHeaders.Host = Name;
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            await Node.DisposeAsync();
            foreach (var site in Sites)
                await site.DisposeAsync();
        }
    }
}
