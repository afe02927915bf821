using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Testing;

/// <summary>Certificates that sign themselves, for servers of tests.</summary>
public static class TestCertificate
{
    /// <summary>A certificate with its key for one host name.</summary>
    /// <param name="name">The host name: the subject's common name and the alternative name.</param>
    /// <param name="shiftDays">Moves its two days of validity; 0 is now, −3 has expired.</param>
    /// <param name="organisation">The subject's organisation, which tells two of one name apart.</param>
    public static X509Certificate2 Create(string name, int shiftDays = 0, string? organisation = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = organisation is null ? $"CN={name}" : $"CN={name}, O={organisation}";
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(shiftDays - 1),
            DateTimeOffset.UtcNow.AddDays(shiftDays + 1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null,
            X509KeyStorageFlags.Exportable);
    }

    /// <summary>The certificate and its private key in PEM, as a server's file has them.</summary>
    public static string Pem(this X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }
}
