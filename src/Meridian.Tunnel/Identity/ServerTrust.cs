using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Tunnel.Identity;

/// <summary>How an agent knows a gateway: by the authority that it was enrolled with, and nothing else.</summary>
public static class ServerTrust
{
    /// <summary>The name in the gateway's certificate. It is no host name, because agents dial addresses.</summary>
    public const string ServerName = "gateway.tunnel.meridian.dev";

    /// <summary>Trusts gateways of one authority.</summary>
    public static void Apply(SslClientAuthenticationOptions options, X509Certificate2 authority)
    {
        options.CertificateChainPolicy = Purposes.PolicyOf(authority, Purposes.Server);
        options.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
            && certificate is X509Certificate2 shown && shown.MatchesHostname(ServerName);
    }

    /// <summary>
    /// The digest of an authority's public key that stands in an enrolment code: SHA-256, in base64url.
    /// </summary>
    public static string PinOf(X509Certificate2 authority) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()));
}
