using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Meridian.Bench.Tunnels;

/// <summary>
/// The service at the far end: a small page, a flood, a drain, and a stream of tokens that say when they were sent.
/// </summary>
internal static class Origin
{
    private static readonly byte[] Small = new byte[1024];
    private static readonly byte[] Large = new byte[256 * 1024];

    public static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = null;
            k.Limits.MinRequestBodyDataRate = null;
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        return app;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var size = int.Parse(context.Request.Query["mib"].FirstOrDefault("0")!, CultureInfo.InvariantCulture);
        switch (context.Request.Path.Value)
        {
            case "/flood":
                context.Response.ContentLength = (long)size << 20;
                for (var i = 0; i < size * 4; i++)
                    await context.Response.Body.WriteAsync(Large, context.RequestAborted);
                break;
            case "/drain":
                await context.Request.Body.CopyToAsync(Stream.Null);
                break;
            case "/tokens":
                context.Response.ContentType = "text/event-stream";
                for (var i = 0; i < 200; i++)
                {
                    await context.Response.WriteAsync($"{Stopwatch.GetTimestamp():d20}\n", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    await Task.Delay(5, context.RequestAborted);
                }

                break;
            default:
                context.Response.ContentLength = Small.Length;
                await context.Response.Body.WriteAsync(Small);
                break;
        }
    }
}
