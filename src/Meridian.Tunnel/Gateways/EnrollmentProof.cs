using Meridian.Tunnel.Identity;

namespace Meridian.Tunnel.Gateways;

/// <summary>What an agent sends for its first certificate.</summary>
/// <param name="Credential">The secret of a code, or a service-account token: the first line.</param>
/// <param name="Request">The certificate request behind it (PKCS #10, PEM).</param>
internal sealed record EnrollmentProof(string Credential, string Request)
{
    /// <summary>Null for a body that is not both, or whose request would be refused.</summary>
    public static EnrollmentProof? Parse(string body)
    {
        var end = body.IndexOf('\n', StringComparison.Ordinal);
        return end >= 0 && CertificateAuthority.IsRequest(body[(end + 1)..])
            ? new EnrollmentProof(body[..end].Trim(), body[(end + 1)..]) : null;
    }
}
