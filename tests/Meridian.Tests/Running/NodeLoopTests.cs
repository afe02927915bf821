using System.Net;
using System.Net.Security;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Management;
using Meridian.Running;
using Meridian.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Running;

/// <summary>A whole node with its management API in virtual time: what others are told of loops and files.</summary>
public sealed class NodeLoopTests : IAsyncLifetime
{
    // How often files are looked at.
    private static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(1);

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ManualResetEventSlim _hold = new();
    private readonly Uri _url;
    private readonly HttpClient _http;
    private string _key = "";
    private string? _shown;
    private readonly NodeOptions _options;
    private Node _node = null!;
    private WebServer _management = null!;

    public NodeLoopTests()
    {
        var port = Ports.Free();
        _url = new Uri($"https://127.0.0.1:{port}/");
        _http = Connect();
        using var certificate = TestCertificate.Create("one.example.org");
        var pem = _folder.Write("tls.pem", certificate.Pem());
        Write(SigningKey.Create(DnsName.Parse("example.org"), KeyRole.Csk, KeyTimes.From(_time.GetUtcNow())));
        _options = new NodeOptions
        {
            Configuration = [_folder.Write("zone.yaml", TestYaml.Part("Zone", "org",
                "{origin: example.org, nameServers: [{name: ns.example.net}], dnssec: {keys: keys}}"))],
            StateFolder = _folder.File("state"),
            GeoFiles = [_folder.Write("geo.csv", Geography)],
            CookieSecrets = _folder.Write("cookies", "000102030405060708090a0b0c0d0e0f"),
            Dns = [new IPEndPoint(IPAddress.Loopback, 0)],
            Management = new ManagementOptions
            {
                EndPoint = new IPEndPoint(IPAddress.Loopback, port),
                Certificate = ManagementCertificate.Load(pem, null),
                Token = new BearerTokenFile(_folder.Write("token", "first\n")),
            },
        };
    }

    private const string Geography = "198.51.100.0/24,VN,21.03,105.85\n";

    public async ValueTask InitializeAsync()
    {
        var logs = NullLoggerFactory.Instance;
        var clusters = await NodeKubernetes.StartAsync(null, _options.StateFolder, _time, _ => { }, default);
        _node = await Node.StartAsync(_options, LoadedConfiguration.Load(_options.Configuration), clusters, _time,
            logs);
        _management = await ManagementServer.StartAsync(NodeManagement.Of(_node, _time), _options.Management, _time,
            logs);
        _node.Announce();
    }

    public async ValueTask DisposeAsync()
    {
        _hold.Set();
        _http.Dispose();
        await _management.DisposeAsync();
        await _node.DisposeAsync();
        _hold.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("control", "the control loop stands still: what is served may be old")]
    [InlineData("changes", "a change has been prepared for minutes: later ones wait")]
    public async Task A_loop_that_stands_still_makes_the_node_not_ready_until_it_turns_again(string loop, string said)
    {
        await UntilAsync(async () => await ReadyAsync() == (200, "ready\n"));
        await ScrapedAsync("0", "meridian_loop_stalled", "loop", loop);

        if (loop == "control")
            _ = _node.Loop.PostAsync("test", Hold);
        else
            _ = _node.Loop.SubmitAsync(new Change("test", inputs => { Hold(); return inputs; }));

        await UntilAsync(async () => await ReadyAsync() is (503, var text) && text.Contains(said,
            StringComparison.Ordinal), TimeSpan.FromSeconds(1));
        await ScrapedAsync("1", "meridian_loop_stalled", "loop", loop);
        await ScrapedAsync("0", "meridian_loop_stalled", "loop", "probes");
        await ScrapedAsync("0", "meridian_node_ready");

        _hold.Set();
        await UntilAsync(async () => await ReadyAsync() == (200, "ready\n"));
        await ScrapedAsync("0", "meridian_loop_stalled", "loop", loop);
        await ScrapedAsync("1", "meridian_node_ready");
    }

    [Theory]
    [InlineData("geography", "geo.csv", "198.51.100.0/24,VN,2100,105.85\n", Geography, "geography cannot be read")]
    [InlineData("cookie-secrets", "cookies", "short", "101112131415161718191a1b1c1d1e1f", "the old secrets are used")]
    [InlineData("keys", null, "no key", null, "zone example.org. goes on with its old keys: ")]
    [InlineData("management-certificate", "tls.pem", "no PEM", null, "the old one serves on")]
    [InlineData("management-token", "token", "\n", "first\n", "is empty; the old one is asked for")]
    public async Task Files_that_cannot_be_used_are_told_for_as_long_as_they_are_there(string files, string? name,
        string broken, string? good, string said)
    {
        name ??= _key;
        good ??= await File.ReadAllTextAsync(_folder.File(name));
        await ScrapedAsync("0", "meridian_files_fault", "files", files);
        _folder.Write(name, broken);
        await UntilAsync(async () => await ReadyAsync() is (200, var text) && text.Contains(said,
            StringComparison.Ordinal), FileInterval);
        await ScrapedAsync("1", "meridian_files_fault", "files", files);
        Assert.Contains(said, (await GetAsync("/api/v1/status")).Body, StringComparison.Ordinal);

        _folder.Write(name, good);
        await UntilAsync(async () => await ReadyAsync() == (200, "ready\n"), FileInterval);
        await ScrapedAsync("0", "meridian_files_fault", "files", files);
        Assert.Equal(2, _node.History.Recent(100).Count(e => e.Kind == "files" && e.Subject == files));
    }

    [Fact]
    public async Task A_new_token_is_asked_for_once_it_is_in_the_file()
    {
        _folder.Write("token", "second\n");

        await UntilAsync(async () => (await GetAsync("/api/v1/status", "second")).Status == 200, FileInterval);

        Assert.Equal(401, (await GetAsync("/api/v1/status")).Status);
    }

    [Fact]
    public async Task A_new_certificate_is_shown_once_it_is_in_the_file_and_its_end_is_told()
    {
        using var next = TestCertificate.Create("two.example.org");
        await GetAsync("/healthz");
        Assert.Equal("CN=one.example.org", _shown);

        _folder.Write("tls.pem", next.Pem());

        await UntilAsync(async () =>
        {
            using var http = Connect();
            await http.GetAsync("/healthz");
            return _shown == "CN=two.example.org";
        }, FileInterval);
        await ScrapedAsync($"{new DateTimeOffset(next.NotAfter).ToUnixTimeSeconds()}",
            "meridian_certificate_expiry_timestamp_seconds", "name", "two.example.org");
    }

    private void Write(SigningKey key)
    {
        Directory.CreateDirectory(_folder.File("keys"));
        _folder.Write(_key = Path.Combine("keys", KeyFile.NameOf(key)), KeyFile.Write(key));
    }

    private HttpClient Connect() => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                _shown = certificate?.Subject;
                return certificate is not null;
            },
        },
    })
    { BaseAddress = _url };

    private void Hold() => _hold.Wait(TestTime.Limit(60));

    private async Task<(int Status, string Body)> GetAsync(string path, string token = "first")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", token);
        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private Task<(int Status, string Body)> ReadyAsync() => GetAsync("/readyz");

    // A scrape may be answered by the one before, for a moment.
    private Task ScrapedAsync(string expected, string name, string? label = null, string? value = null) =>
        UntilAsync(async () => await MetricAsync(name, label, value) == expected);

    private async Task<string?> MetricAsync(string name, string? label = null, string? value = null)
    {
        var (status, text) = await GetAsync("/metrics");
        Assert.Equal(200, status);
        return text.Split('\n').Where(l => l.StartsWith(name, StringComparison.Ordinal)
            && (label is null || l.Contains($"{label}=\"{value}\"", StringComparison.Ordinal)))
            .Select(l => l.Split(' ')[1]).SingleOrDefault();
    }

    private Task UntilAsync(Func<Task<bool>> condition, TimeSpan step = default) => Wait.UntilAsync(async () =>
    {
        if (await condition())
            return true;
        _time.Advance(step);
        return false;
    }, () => $"{_node.NotReady}; {string.Join("; ", _node.Warnings)}", seconds: 60);
}
