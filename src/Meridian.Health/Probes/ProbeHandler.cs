using System.Net.Http;
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
    public static SocketsHttpHandler Create(ProbeKey key, TlsCheck? tls, string? serverName) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        MaxResponseHeadersLength = 64,
        ConnectCallback = async (_, cancellationToken) => await TargetConnection.OpenStreamAsync(key.Target, key.Port, cancellationToken),
        SslOptions = new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                tls is { Verify: false } || CertificateWords.Accept(certificate, chain, errors, serverName ?? key.Host),
        },
    };
}
