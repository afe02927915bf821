using System.Net.Security;
using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Tcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Gateway.Serving;

/// <summary>The sockets of a gateway: HTTP/1.1 and HTTP/2, with TLS and without, on Kestrel.</summary>
public sealed partial class GatewayServer : IAsyncDisposable
{
    /// <summary>Slow senders of heads are cut off after this; Kestrel's own default is 30 s.</summary>
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(15);

    private readonly WebApplication _app;
    private readonly CertificateStore? _certificates;
    private readonly ITimer? _refresh;

    private GatewayServer(WebApplication app, CertificateStore? certificates, ITimer? refresh) =>
        (_app, _certificates, _refresh) = (app, certificates, refresh);

    /// <summary>Where it listens.</summary>
    public IEnumerable<string> Urls => _app.Urls;

    /// <summary>When the certificate of each name ends; empty without TLS.</summary>
    public IEnumerable<(string Name, DateTimeOffset NotAfter)> Certificates => _certificates?.Expiries ?? [];

    /// <exception cref="GatewayException">It cannot listen, or has no certificates.</exception>
    public static async Task<GatewayServer> StartAsync(GatewayCore core, GatewayOptions options, TimeProvider time,
        ILoggerFactory logs)
    {
        var certificates = options.Https.IsEmpty ? null : new CertificateStore(options.Certificates);
        var log = logs.CreateLogger<GatewayServer>();
        var preface = new PrefaceSwitch();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());

        // What Kestrel would say of a broken answer has been said; what is a fault of ours is logged below.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        if (!options.Http.IsEmpty)
            builder.Services.AddSingleton<IConnectionListenerFactory>(preface);

        // Continuations run where the socket's event was taken: nothing of the gateway blocks.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
            Configure(kestrel, options, certificates, preface, new PassthroughSwitch(core)));
        var app = builder.Build();
        app.Run(async context =>
        {
            try
            {
                await core.HandleAsync(context);
            }
            catch (Exception e) when (e is not BrokenAnswerException)
            {
                Log.Fault(log, e);
                throw;
            }
        });
        try
        {
            await app.StartAsync();
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new GatewayException($"cannot listen for HTTP: {e.Message.TrimEnd('.')}; choose another address with --gateway or --gateway-tls");
        }

        var refresh = certificates is null ? null : time.CreateTimer(_ =>
        {
            if (certificates.Refresh() is { } fault)
                Log.Certificate(log, fault);
        }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        return new GatewayServer(app, certificates, refresh);
    }

    /// <summary>Takes no new connections, and lets requests that are under way end.</summary>
    public async ValueTask DisposeAsync()
    {
        _refresh?.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, GatewayOptions options, CertificateStore? certificates,
        PrefaceSwitch preface, PassthroughSwitch passthrough)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowResponseHeaderCompression = true;
        kestrel.Limits.RequestHeadersTimeout = HeadTimeout;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
        kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
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
        foreach (var endPoint in options.Https)
        {
            kestrel.Listen(endPoint, listen =>
            {
                listen.Use(passthrough.Switch);
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = context => ValueTask.FromResult(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = certificates!.Find(context.ClientHelloInfo.ServerName),
                        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                    }),
                });
            });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "a fault of the gateway itself")]
        public static partial void Fault(ILogger log, Exception exception);

        [LoggerMessage(1, LogLevel.Error, "{Fault}; the certificates from before serve on")]
        public static partial void Certificate(ILogger log, string fault);
    }
}
