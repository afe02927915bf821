using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Tunnel.Identity;

/// <summary>What a certificate is for (RFC 5280 section 4.2.1.12), and whether it can be trusted.</summary>
internal static class Purposes
{
    public static readonly Oid Server = new("1.3.6.1.5.5.7.3.1");
    public static readonly Oid Client = new("1.3.6.1.5.5.7.3.2");

    /// <summary>Whether this authority, and no other that the machine trusts, has signed a certificate.</summary>
    public static bool Trusts(X509Certificate2 authority, X509Certificate2 certificate, Oid purpose, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = PolicyOf(authority, purpose) };
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(certificate);
    }

    /// <summary>The same for TLS, at the present time.</summary>
    public static X509ChainPolicy PolicyOf(X509Certificate2 authority, Oid purpose)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // they last a day, and a revoked agent is refused by name
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(authority);
        policy.ApplicationPolicy.Add(purpose);
        return policy;
    }
}
