using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Health.Probes;

/// <summary>Accepts a server's certificate, or refuses it with a reason that people understand.</summary>
internal static class CertificateVerifier
{
    /// <exception cref="TlsRefusedException">The certificate is not good.</exception>
    public static bool Accept(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string name)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        throw new TlsRefusedException($"tls: {Reason(certificate as X509Certificate2, chain, errors, name)}");
    }

    private static string Reason(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, string name)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "the peer sent no certificate";
        // The chain knows the time that it was verified at, as the certificate's dates a local one.
        var now = chain?.ChainPolicy.VerificationTime;
        if (now > certificate.NotAfter)
            return $"certificate expired on {Day(certificate.NotAfter)}";
        if (now < certificate.NotBefore)
            return $"certificate is not valid before {Day(certificate.NotBefore)}";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"name mismatch ({name} was asked for, the certificate is for {Names(certificate)})";
        var status = chain?.ChainStatus.FirstOrDefault().Status ?? X509ChainStatusFlags.NoError;
        return status switch
        {
            X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain
                when certificate.Subject == certificate.Issuer => "certificate is self-signed",
            X509ChainStatusFlags.UntrustedRoot =>
                "certificate comes from an authority that this machine does not trust",
            X509ChainStatusFlags.PartialChain =>
                "certificate's chain does not lead to an authority that this machine trusts",
            X509ChainStatusFlags.Revoked => "certificate is revoked",
            _ => $"certificate is not trusted ({status})",
        };
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames()).Take(4).ToArray();
        return names.Length > 0 ? string.Join(", ", names) : certificate.GetNameInfo(X509NameType.DnsName, false);
    }

    private static string Day(DateTime time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
