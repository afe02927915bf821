using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Files;

namespace Meridian.Dns.Sockets;

/// <summary>
/// A certificate chain and its key from PEM files, which are read again when they change. A new certificate with a
/// fault leaves the old one in use.
/// </summary>
public sealed class TlsCertificate
{
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private volatile SslStreamCertificateContext _current;
    private string? _read;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file is no PEM, or the key is not the certificate's.</exception>
    public TlsCertificate(string certificateFile, string keyFile)
    {
        _certificateFile = certificateFile;
        _keyFile = keyFile;
        _read = Version();
        _current = Load();
    }

    public SslStreamCertificateContext Current => _current;

    /// <summary>Reads the files again if they have changed. Called by one thread at a time.</summary>
    /// <returns>What is wrong with the files, for as long as it is; null for nothing.</returns>
    public string? Refresh()
    {
        try
        {
            var version = Version();
            if (version == _read)
                return null;
            _current = Load();
            _read = version;
            return null;
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException
            or ArgumentException)
        {
            _read = null; // it is tried again, because a file that may be read now looks as it did before
            return $"certificate {_certificateFile}: {e.Message}; the old one serves on";
        }
    }

    private string Version() => FileVersion.Of(_certificateFile, _keyFile);

    private SslStreamCertificateContext Load()
    {
        var chain = new X509Certificate2Collection();
        var pem = RegularFile.ReadText(_certificateFile);
        chain.ImportFromPem(pem);
        return SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPem(pem, RegularFile.ReadText(_keyFile)), chain,
            offline: true);
    }
}
