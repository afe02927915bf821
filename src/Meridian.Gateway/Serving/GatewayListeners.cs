using System.Net.Security;
using System.Text;
using Meridian.Gateway.Tcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Meridian.Gateway.Serving;

/// <summary>Where Kestrel listens for a gateway, and within which limits.</summary>
internal static class GatewayListeners
{
    /// <summary>Slow senders of heads are cut off after this; Kestrel's own default is 30 s.</summary>
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(15);

    private const int MaxHead = 64 * 1024;
    private const int MaxStreams = 1000;

    /// <param name="builder">Builds the server.</param>
    /// <param name="core">Says which TLS connections are passed on as they are.</param>
    /// <param name="options">The addresses.</param>
    /// <param name="certificates">Certificates for TLS; null where nothing listens for it.</param>
    public static void Configure(WebApplicationBuilder builder, GatewayCore core, GatewayOptions options,
        CertificateStore? certificates)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        var preface = new PrefaceSwitch();
        if (!options.Http.IsEmpty)
            builder.Services.AddSingleton<IConnectionListenerFactory>(preface);

        // Continuations run on the thread that received the socket's event, because nothing of the gateway blocks.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            foreach (var endPoint in options.Http)
            {
                kestrel.Listen(endPoint, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.Use(preface.Switch);
                });
            }

            if (!options.Http.IsEmpty)
                kestrel.Listen(PrefaceSwitch.Second, listen => listen.Protocols = HttpProtocols.Http2);
            var passthrough = new PassthroughSwitch(core);
            foreach (var endPoint in options.Https)
            {
                kestrel.Listen(endPoint, listen =>
                {
                    listen.Use(passthrough.Switch);
                    listen.UseHttps(TlsOf(certificates!));
                });
            }
        });
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowResponseHeaderCompression = true;
        kestrel.Limits.RequestHeadersTimeout = HeadTimeout;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHead;

        // Microphones are silent, and people pause downloads: `timeouts.idle` is what counts.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
    }

    private static TlsHandshakeCallbackOptions TlsOf(CertificateStore certificates) => new()
    {
        OnConnection = context => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.Find(context.ClientHelloInfo.ServerName),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        }),
    };
}
