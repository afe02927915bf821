using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.Health.Tests.Support;

/// <summary>A real HTTP server on loopback, in clear text or with a certificate.</summary>
internal sealed class HttpServer(WebApplication app) : IAsyncDisposable
{
    public int Port { get; } = new Uri(app.Urls.First()).Port;

    public static Task<HttpServer> StartAsync(Action<HttpContext> answer, X509Certificate2? certificate = null,
        Action<string?>? serverName = null) =>
        StartAsync(context =>
        {
            answer(context);
            return Task.CompletedTask;
        }, certificate, serverName);

    /// <param name="answer">Answers each request.</param>
    /// <param name="certificate">For HTTPS; null for clear text.</param>
    /// <param name="serverName">Is given the server name of each TLS handshake.</param>
    public static async Task<HttpServer> StartAsync(Func<HttpContext, Task> answer,
        X509Certificate2? certificate = null, Action<string?>? serverName = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            if (certificate is not null)
            {
                l.UseHttps(h => h.ServerCertificateSelector = (_, name) =>
                {
                    serverName?.Invoke(name);
                    return certificate;
                });
            }
        }));
        var app = builder.Build();
        app.Run(context => answer(context));
        await app.StartAsync();
        return new HttpServer(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
