using System.Net.Security;
using System.Text;
using Meridian.Addresses;
using Meridian.Gateway.Tcp;
using Meridian.Listening;
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

    private const int MaxStreams = 1000;

    // Connections that have not sent a request yet; many clients may stand behind one address.
    private const int MaxSilentPerClient = 1000;
    private const int MaxSilent = 10_000;

    /// <param name="builder">Builds the server.</param>
    /// <param name="core">Says which TLS connections are passed on as they are.</param>
    /// <param name="options">The addresses.</param>
    /// <param name="certificates">Certificates for TLS; null where nothing listens for it.</param>
    /// <param name="time">The clock.</param>
    public static void Configure(WebApplicationBuilder builder, GatewayCore core, GatewayOptions options,
        CertificateStore? certificates, TimeProvider time)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddListening(MaxSilentPerClient, MaxSilent, DescriptorUse.Gateway, time);
        var preface = new PrefaceSwitch();
        if (!options.Http.IsEmpty)
            builder.Services.AddSingleton<IConnectionListenerFactory>(preface);

        // Continuations run on the thread that received the socket's event, because nothing of the gateway blocks.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel, options);
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

    private static void Limit(KestrelServerOptions kestrel, GatewayOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowResponseHeaderCompression = true;
        kestrel.Limits.RequestHeadersTimeout = HeadTimeout;

        // Over HTTP/2 Kestrel ends the connection where a head is too large, and with it every request on it. One that
        // is less than twice as large as it may be is refused by itself (`RequestScreen`).
        kestrel.Limits.MaxRequestLineSize = options.MaxHead;
        kestrel.Limits.MaxRequestHeadersTotalSize = 2 * options.MaxHead;
        kestrel.Limits.MaxRequestHeaderCount = 2 * options.MaxFields;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 2 * options.MaxHead;

        // Microphones are silent, and people pause downloads: `timeouts.idle` is what counts.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.RequestHeaderEncodingSelector = FieldEncodings.Of;
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
