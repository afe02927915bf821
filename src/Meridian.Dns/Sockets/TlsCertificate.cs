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
    private string _read;

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

    /// <summary>Reads the files again if they have changed; returns what is wrong with them, or null.</summary>
    public string? Refresh()
    {
        try
        {
            var version = Version();
            if (version == _read)
                return null;
            _read = version;
            _current = Load();
            return null;
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            return $"certificate {_certificateFile}: {e.Message}";
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
