using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Peers;

/// <summary>DNS over TLS and HTTPS, asked by <c>kdig</c>, and zone transfer over TLS between two nodes.</summary>
public sealed class EncryptedTests : IAsyncLifetime
{
    private readonly string _folder = PeerProcess.NewFolder();
    private readonly int _tls = Ports.Free();
    private readonly int _https = Ports.Free();
    private readonly TestNode _node =
        new(TestNode.Zone.Replace("origin: example.org,", "origin: example.org, transfer: [{key: xfr}],",
            StringComparison.Ordinal) +
        TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}"));

    private string Certificate => Path.Combine(_folder, "cert.pem");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Run.Has("openssl"), "openssl is not installed; on Debian: apt-get install openssl");
        var key = Path.Combine(_folder, "key.pem");
        var made = await Run.ProgramAsync("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", Certificate,
            "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1");
        Assert.True(made.ExitCode == 0, made.Error);
        await _node.StartAsync(true, "--dns-tls", $"127.0.0.1:{_tls}", "--dns-https", $"127.0.0.1:{_https}",
            "--dns-cert", Certificate, "--dns-key", key);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Kdig_asks_over_TLS_and_HTTPS()
    {
        Assert.SkipUnless(Run.Has("kdig"), "kdig is not installed; on Debian: apt-get install knot-dnsutils");
        Assert.Equal("10.0.0.80\n",
            (await Run.ProgramAsync("kdig", "@127.0.0.1", "-p", $"{_tls}", $"+tls-ca={Certificate}",
                "+tls-hostname=localhost", "www.example.org", "+short")).Output);
        foreach (var method in (string[])["+https", "+https-get"])
            Assert.Equal("10.0.0.80\n",
                (await Run.ProgramAsync("kdig", "@127.0.0.1", "-p", $"{_https}", method, "www.example.org",
                    "+short")).Output);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync($"{_node.Url}/metrics", TestContext.Current.CancellationToken);
        Assert.Matches("meridian_certificate_expiry_timestamp_seconds\\{[^}]*name=\"localhost\"[^}]*\\} [0-9.E+]{8,}\n",
            metrics);
        Assert.Matches("meridian_dns_queries_total\\{[^}]*transport=\"tls\"[^}]*\\} 1\n", metrics);
        Assert.Matches("meridian_dns_queries_total\\{[^}]*transport=\"https\"[^}]*\\} 2\n", metrics);
    }

    [Fact]
    public async Task A_zone_is_transferred_over_TLS()
    {
        await using var secondary =
            new TestNode(TestYaml.Part("Zone", "z",
                $"{{origin: example.org, primaries: [{{address: \"127.0.0.1:{_tls}\", key: xfr, tlsName: "
                    + $"localhost}}]}}") +
            TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}"));

        // The certificate is its own authority; OpenSSL is told so, and nothing else of it.
        secondary.Environment["SSL_CERT_FILE"] = Certificate;
        await secondary.StartAsync(ready: false);
        await secondary.UntilAnswerAsync("www.example.org", "10.0.0.80");
    }

    [Fact]
    public async Task A_primary_whose_certificate_is_for_somebody_else_is_not_believed()
    {
        await using var secondary =
            new TestNode(TestYaml.Part("Zone", "z",
                $"{{origin: example.org, primaries: [{{address: \"127.0.0.1:{_tls}\", key: xfr, tlsName: "
                    + $"other.example.net}}]}}") +
            TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}"));
        secondary.Environment["SSL_CERT_FILE"] = Certificate;
        await secondary.StartAsync(ready: false);
        await Wait.UntilAsync(() => secondary.Log.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal),
            () => secondary.Log);
        Assert.Equal(2, (await secondary.AskAsync("www.example.org")).Code);
    }
}
