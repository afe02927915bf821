using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Meridian.Acceptance.Support;

/// <summary>A site with a real HTTP server that can die in the middle of everything and come back.</summary>
internal sealed class HttpSite(string name, IPEndPoint endPoint) : IAsyncDisposable
{
    private WebApplication? _server;
    private int _requests;

    public string Name { get; } = name;

    public IPEndPoint EndPoint { get; } = endPoint;

    /// <summary>What it says of its load with answers to health probes.</summary>
    public double? Load { get; set; }

    /// <summary>Its metrics.</summary>
    public string Metrics { get; set; } = "";

    public int Requests => Volatile.Read(ref _requests);

    public async Task<HttpSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(EndPoint);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var server = builder.Build();
        server.Use((context, next) =>
        {
            Interlocked.Increment(ref _requests);
            return next(context);
        });
        server.MapGet("/health", (HttpContext context) =>
        {
            if (Load is { } load)
                context.Response.Headers["x-load"] = load.ToString(CultureInfo.InvariantCulture);
            return "ok";
        });
        server.MapGet("/metrics", () => Metrics);
        server.MapGet("/bytes/{count:int}", (int count) => Results.Bytes(Octets(count)));
        server.MapPost("/sum", async context =>
        {
            var sum = await SHA256.HashDataAsync(context.Request.Body, context.RequestAborted);
            await context.Response.WriteAsync(Convert.ToHexString(sum));
        });
        server.MapGet("/events/{count:int}", async (HttpContext context, int count) =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < count; i++)
            {
                await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"data: {i}\n\n"),
                    context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(50, context.RequestAborted);
            }
        });
        await server.StartAsync();
        _server = server;
        return this;
    }

    /// <summary>As if the process were killed: the port closes, and every connection ends where it is.</summary>
    public async Task KillAsync()
    {
        if (_server is not { } server)
            return;
        _server = null;
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    /// <summary>The same octets at every site.</summary>
    public static byte[] Octets(int count)
    {
        var octets = new byte[count];
        new Random(count).NextBytes(octets);
        return octets;
    }
}
