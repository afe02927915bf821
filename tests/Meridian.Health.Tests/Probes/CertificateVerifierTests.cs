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
        using var certificate = SelfSigned("good.example", shiftDays);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate);

        Assert.StartsWith(reason, await AskAsync(server.Port, new HttpCheck { Scheme = HttpScheme.Https }, host));
    }

    [Fact]
    public async Task The_date_is_that_of_the_certificate_in_UTC()
    {
        using var certificate = SelfSigned("good.example", -10);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate);

        Assert.EndsWith($"expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}",
            await AskAsync(server.Port, new HttpCheck { Scheme = HttpScheme.Https }, "good.example"));
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_says_so()
    {
        using var authority = SelfSigned("authority.example", 0, isAuthority: true);
        using var certificate = Issued("good.example", authority);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate);

        Assert.Equal("DOWN tls: certificate's chain does not lead to an authority that this machine trusts",
            await AskAsync(server.Port, new HttpCheck { Scheme = HttpScheme.Https }, "good.example"));
    }

    [Fact]
    public async Task Nothing_is_refused_where_the_check_does_not_verify()
    {
        using var certificate = SelfSigned("good.example", -10);
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
        using var certificate = SelfSigned("sni.example", 0);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate, name => asked = name);

        await AskAsync(server.Port, new HttpCheck
        {
            Scheme = HttpScheme.Https,
            Tls = new TlsCheck { Verify = false, ServerName = serverName },
        }, "host.example");

        Assert.Equal(expected, asked);
    }

    private static X509Certificate2 SelfSigned(string name, int shiftDays, bool isAuthority = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Request(name, key, isAuthority).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(shiftDays - 1), DateTimeOffset.UtcNow.AddDays(shiftDays + 1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private static X509Certificate2 Issued(string name, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Request(name, key, isAuthority: false)
            .Create(authority, authority.NotBefore, authority.NotAfter, [1, 2, 3])
            .CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddDnsName($"www.{name}");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        return request;
    }
}
