using System.Security.Cryptography;
using Meridian.Dns.Sockets;
using Meridian.Running;

namespace Meridian.Management;

/// <summary>The certificate of the management API.</summary>
internal static class ManagementCertificate
{
    /// <param name="certificate">PEM file with the certificate chain; null for no TLS.</param>
    /// <param name="key">PEM file with the private key; null where the other file holds it.</param>
    /// <exception cref="StartException">It cannot be loaded.</exception>
    public static TlsCertificate? Load(string? certificate, string? key)
    {
        if (certificate is null)
            return null;
        try
        {
            return new TlsCertificate(certificate, key ?? certificate);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            throw new StartException($"the management certificate {certificate} cannot be loaded: {e.Message}");
        }
    }
}
