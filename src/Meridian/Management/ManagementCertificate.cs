using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Files;
using Meridian.Running;

namespace Meridian.Management;

/// <summary>The certificate of the management API.</summary>
internal static class ManagementCertificate
{
    /// <exception cref="StartException">It cannot be loaded.</exception>
    public static X509Certificate2 Load(ManagementOptions options)
    {
        try
        {
            return X509Certificate2.CreateFromPem(RegularFile.ReadText(options.Certificate!),
                RegularFile.ReadText(options.Key ?? options.Certificate!));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            throw new StartException($"the management certificate {options.Certificate} cannot be loaded: {e.Message}");
        }
    }
}
