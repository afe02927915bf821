using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Tunnel.Identity;

/// <summary>What a certificate is for (RFC 5280 section 4.2.1.12), and whether it may be believed.</summary>
internal static class Purposes
{
    public static readonly Oid Server = new("1.3.6.1.5.5.7.3.1");
    public static readonly Oid Client = new("1.3.6.1.5.5.7.3.2");

    /// <summary>Whether one authority alone, and no other that the machine trusts, vouches for a certificate.</summary>
    public static bool Trusts(X509Certificate2 authority, X509Certificate2 certificate, Oid purpose, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // they stand for a day; who is cut off is not let in by name
        chain.ChainPolicy.ApplicationPolicy.Add(purpose);
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
