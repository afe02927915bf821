using Meridian.Gateway.Forwarding;
using Meridian.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Gateway.Serving;

/// <summary>The sockets of a gateway: HTTP/1.1 and HTTP/2, with TLS and without, on Kestrel.</summary>
public sealed partial class GatewayServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CertificateStore? _certificates;

    private GatewayServer(WebApplication app, CertificateStore? certificates) =>
        (_app, _certificates) = (app, certificates);

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
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());

        // Kestrel logs nothing: broken answers have been logged already, and faults of the gateway are logged below.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain);
        GatewayListeners.Configure(builder, core, options, certificates, time);
        var app = builder.Build();
        app.Run(async context =>
        {
            context.GiveBackPlace();
            try
            {
                await core.HandleAsync(context);
            }
            catch (Exception e) when (!IsOfClient(e, context))
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
            throw new GatewayException($"cannot listen for HTTP: {e.Message.TrimEnd('.')}; "
                + "choose another address with --gateway or --gateway-tls");
        }

        return new GatewayServer(app, certificates);
    }

    /// <summary>
    /// Reads certificates again where their files have changed. What is wrong with the files that are there now, while
    /// the certificates from before serve on; null for nothing.
    /// </summary>
    public string? Refresh() => _certificates?.Refresh();

    // A client that breaks the rules or goes away is no fault of the gateway; a broken answer has been told already.
    private static bool IsOfClient(Exception e, HttpContext context) =>
        e is BrokenAnswerException or BadHttpRequestException or ConnectionAbortedException or ConnectionResetException
        || context.RequestAborted.IsCancellationRequested;

    /// <summary>Accepts no new connections, and waits for requests that are under way to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "the gateway itself has failed a request")]
        public static partial void Fault(ILogger log, Exception exception);
    }
}
