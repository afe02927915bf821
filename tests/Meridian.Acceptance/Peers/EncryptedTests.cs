using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Peers;

/// <summary>DNS over TLS and HTTPS, asked by <c>kdig</c>.</summary>
public sealed class EncryptedTests
{
    [Fact]
    public async Task Kdig_asks_over_TLS_and_HTTPS()
    {
        Assert.SkipUnless(Run.Has("kdig") && Run.Has("openssl"), "kdig or openssl is not installed; on Debian: apt-get install knot-dnsutils openssl");
        var folder = PeerProcess.NewFolder();
        var (certificate, key) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        var made = await Run.ProgramAsync("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
            "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1");
        Assert.True(made.ExitCode == 0, made.Error);
        var (tls, https) = (FakeSite.FreePort(), FakeSite.FreePort());
        await using var node = new TestNode(TestNode.Zone);
        await node.StartAsync(true, "--dns-tls", $"127.0.0.1:{tls}", "--dns-https", $"127.0.0.1:{https}", "--dns-cert", certificate, "--dns-key", key);

        Assert.Equal("10.0.0.80\n", (await Run.ProgramAsync("kdig", "@127.0.0.1", "-p", $"{tls}", "+tls-ca=" + certificate, "+tls-hostname=localhost", "www.example.org", "+short")).Output);
        foreach (var method in (string[])["+https", "+https-get"])
            Assert.Equal("10.0.0.80\n", (await Run.ProgramAsync("kdig", "@127.0.0.1", "-p", $"{https}", method, "www.example.org", "+short")).Output);
        Directory.Delete(folder, recursive: true);
    }
}
