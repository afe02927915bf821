using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Tunnel.Tests.Support;

/// <summary>Certificate requests as agents make them.</summary>
internal static class TestRequest
{
    /// <summary>A request with a key of its own, which is thrown away.</summary>
    public static string Make(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Make(subject, key);
    }

    public static string Make(string subject, ECDsa key) =>
        new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
}
