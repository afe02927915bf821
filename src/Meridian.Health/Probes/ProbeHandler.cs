using System.Net.Security;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Probes;

/// <summary>
/// Makes the HTTP handler of one probe: it connects to the target, follows no redirect, uses no proxy and no cookie,
/// and dies with the probe, so that every probe proves a whole new connection.
/// </summary>
internal static class ProbeHandler
{
    /// <param name="key">What is probed.</param>
    /// <param name="tls">TLS options; null for clear text.</param>
    /// <param name="protocol">The protocol to offer by ALPN.</param>
    public static SocketsHttpHandler Create(ProbeKey key, TlsCheck? tls, SslApplicationProtocol protocol) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        MaxResponseHeadersLength = 64,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var stream = await TargetConnection.OpenStreamAsync(key.Target, key.Port, cancellationToken);
            return tls is null ? stream
                : await SecureAsync(stream, tls, tls.ServerName ?? key.Host, protocol, cancellationToken);
        },
    };

    // The handler itself takes the server name from the Host header, and the two may differ here. So TLS is ours, and
    // the handler is asked for plain http over it.
    private static async Task<Stream> SecureAsync(
        Stream stream, TlsCheck tls, string serverName, SslApplicationProtocol protocol,
        CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = serverName,
                ApplicationProtocols = [protocol],
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    !tls.Verify || CertificateVerifier.Accept(certificate, chain, errors, serverName),
            }, cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }
}
