using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Files;

namespace Meridian.State.Etcd;

/// <summary>
/// TLS to a member of etcd. The files are read for every connection, so that renewed certificates are taken without a
/// restart; a connection lives long, and files of a few kilobytes cost nothing beside a handshake.
/// </summary>
internal sealed class EtcdTls(EtcdOptions options)
{
    /// <summary>Speaks TLS over a connection, as the client.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file holds no certificate or key.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The member is not trusted, or does not
    /// trust this node.</exception>
    public async Task<Stream> SecureAsync(Stream stream, string host, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(Read(host), cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the files.</summary>
    /// <inheritdoc cref="SecureAsync"/>
    public SslClientAuthenticationOptions Read(string host)
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        };
        if (options.AuthorityFile is { } file)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPem(RegularFile.ReadText(file));
            if (tls.CertificateChainPolicy.CustomTrustStore.Count == 0)
                throw new CryptographicException($"{file} holds no certificate");
        }

        if (options.CertificateFile is { } certificateFile)
        {
            var pem = RegularFile.ReadText(certificateFile);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPem(pem, options.KeyFile is { } key ? RegularFile.ReadText(key) : pem),
                chain, offline: true);
        }

        return tls;
    }
}
