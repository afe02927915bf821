using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Health.Tests.Support;
using Meridian.Model.Resources;
using static Meridian.Health.Tests.Support.Probing;

namespace Meridian.Health.Tests.Probes;

/// <summary>Against real servers with certificates of every kind.</summary>
public sealed class CertificateVerifierTests
{
    [Theory]
    [InlineData("good.example", 0, "DOWN tls: certificate is self-signed")]
    [InlineData("other.example", 0,
        "DOWN tls: name mismatch (other.example was asked for, the certificate is for good.example, www.good.example)")]
    [InlineData("good.example", -10, "DOWN tls: certificate expired on ")]
    [InlineData("good.example", 10, "DOWN tls: certificate is not valid before ")]
    public async Task A_certificate_is_refused_with_the_reason(string host, int shiftDays, string reason)
    {
        using var certificate = TestCertificate.Create("good.example", shiftDays, alias: "www.good.example");
        await using var server = await HttpServer.StartAsync(_ => { }, certificate);

        Assert.StartsWith(reason, await AskAsync(server.Port, new HttpCheck { Scheme = HttpScheme.Https }, host));
    }

    [Fact]
    public async Task The_date_is_that_of_the_certificate_in_UTC()
    {
        using var certificate = TestCertificate.Create("good.example", -10);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate);

        Assert.EndsWith($"expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}",
            await AskAsync(server.Port, new HttpCheck { Scheme = HttpScheme.Https }, "good.example"));
    }

    [Fact]
    public async Task A_certificate_without_alternative_names_is_told_by_its_common_name()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=old.example", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate);

        Assert.Equal(
            "DOWN tls: name mismatch (other.example was asked for, the certificate is for old.example)",
            await AskAsync(server.Port, new HttpCheck { Scheme = HttpScheme.Https }, "other.example"));
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_says_so()
    {
        using var authority = TestCertificate.Create("authority.example", isAuthority: true);
        using var certificate = TestCertificate.Issue("good.example", authority);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate);

        Assert.Equal("DOWN tls: certificate's chain does not lead to an authority that this machine trusts",
            await AskAsync(server.Port, new HttpCheck { Scheme = HttpScheme.Https }, "good.example"));
    }

    [Fact]
    public async Task Nothing_is_refused_where_the_check_does_not_verify()
    {
        using var certificate = TestCertificate.Create("good.example", -10);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate);
        var check = new HttpCheck { Scheme = HttpScheme.Https, Tls = new TlsCheck { Verify = false } };

        Assert.Equal("http: 200", await AskAsync(server.Port, check, "other.example"));
    }

    [Theory]
    [InlineData(null, "host.example")]
    [InlineData("sni.example", "sni.example")]
    public async Task The_server_name_is_the_checks_or_else_the_host_name(string? serverName, string expected)
    {
        string? asked = null;
        using var certificate = TestCertificate.Create("sni.example");
        await using var server = await HttpServer.StartAsync(_ => { }, certificate, name => asked = name);

        await AskAsync(server.Port, new HttpCheck
        {
            Scheme = HttpScheme.Https,
            Tls = new TlsCheck { Verify = false, ServerName = serverName },
        }, "host.example");

        Assert.Equal(expected, asked);
    }
}
