using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Meridian.Gateway.Tests.Support;

/// <summary>An address with a real web server, for protocols that <see cref="Backend"/> does not speak.</summary>
internal static class WebServer
{
    /// <summary>Starts one on a free port of loopback.</summary>
    /// <param name="protocols">The versions of HTTP that it speaks.</param>
    /// <param name="configure">Adds what it answers with.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="certificate">For HTTPS; null for clear text.</param>
    public static async Task<WebApplication> StartAsync(HttpProtocols protocols, Action<WebApplication> configure,
        Action<IServiceCollection>? services = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            l.Protocols = protocols;
            if (certificate is not null)
                l.UseHttps(certificate);
        }));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        configure(app);
        await app.StartAsync();
        return app;
    }

    /// <summary>Starts one that answers the health checks of gRPC with <c>SERVING</c>.</summary>
    public static Task<WebApplication> StartGrpcAsync() =>
        StartAsync(HttpProtocols.Http2, app => app.MapGrpcHealthChecksService(), services =>
        {
            services.AddGrpc();
            services.AddGrpcHealthChecks().AddCheck("x", () => HealthCheckResult.Healthy());
        });

    public static int Port(this WebApplication app) => new Uri(app.Urls.First()).Port;
}
