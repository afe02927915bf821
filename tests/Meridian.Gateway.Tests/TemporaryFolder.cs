using System.Security.Cryptography.X509Certificates;

namespace Meridian.Gateway.Tests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("meridian-gateway-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class CertificateText
{
    /// <summary>The organisation in a certificate's subject.</summary>
    public static string FriendlyNameOf(this X509Certificate2 certificate) =>
        certificate.Subject.Split(", ").Single(p => p.StartsWith("O=", StringComparison.Ordinal))[2..];
}
