using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Testing;

/// <summary>Certificates for servers of tests.</summary>
public static class TestCertificate
{
    /// <summary>A certificate that signs itself, with its key, for one host name.</summary>
    /// <param name="name">The host name: the subject's common name and the alternative name.</param>
    /// <param name="shiftDays">Moves its two days of validity; 0 is now, −3 has expired.</param>
    /// <param name="organisation">The subject's organisation, which tells two of one name apart.</param>
    /// <param name="alias">A second alternative name.</param>
    /// <param name="isAuthority">Whether it may sign others.</param>
    public static X509Certificate2 Create(string name, int shiftDays = 0, string? organisation = null,
        string? alias = null, bool isAuthority = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = organisation is null ? $"CN={name}" : $"CN={name}, O={organisation}";
        var request = Request(subject, key, [name, .. alias is null ? [] : (string[])[alias]], isAuthority);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(shiftDays - 1),
            DateTimeOffset.UtcNow.AddDays(shiftDays + 1));
        return Load(made);
    }

    /// <summary>A certificate with its key for one host name, signed by an authority.</summary>
    public static X509Certificate2 Issue(string name, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Request($"CN={name}", key, [name], isAuthority: false)
            .Create(authority, authority.NotBefore, authority.NotAfter, [1, 2, 3]);
        using var made = issued.CopyWithPrivateKey(key);
        return Load(made);
    }

    /// <summary>The certificate and its private key in PEM, as a server's file has them.</summary>
    public static string Pem(this X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    private static CertificateRequest Request(string subject, ECDsa key, string[] names, bool isAuthority)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        return request;
    }

    private static X509Certificate2 Load(X509Certificate2 made) => X509CertificateLoader.LoadPkcs12(
        made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
}
