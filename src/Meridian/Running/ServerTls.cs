using System.Net.Security;
using Meridian.Dns.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Meridian.Running;

/// <summary>TLS of the HTTP servers that show a certificate which may change while they run.</summary>
internal static class ServerTls
{
    public static TlsHandshakeCallbackOptions With(TlsCertificate certificate) => new()
    {
        // Asked for each connection: the certificate may have changed, and its chain goes with it.
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Current,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        }),
    };
}
