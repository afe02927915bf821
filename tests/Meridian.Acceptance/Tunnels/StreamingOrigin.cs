using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Meridian.Acceptance.Tunnels;

/// <summary>
/// What stands for an inference server: it streams, swallows bodies, echoes WebSockets, and shows what it was asked.
/// </summary>
internal sealed class StreamingOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StreamingOrigin(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>The same over HTTP/2 without TLS, for gRPC.</summary>
    public int Http2Port => new Uri(_app.Urls.Last()).Port;

    /// <summary>Whether its health page says that it is well.</summary>
    public volatile bool Healthy = true;

    /// <summary>Requests whose client went away before the end.</summary>
    public ConcurrentQueue<string> Aborted { get; } = [];

    public static async Task<StreamingOrigin> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = null;
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var origin = new StreamingOrigin(app);
        app.UseWebSockets();
        app.Run(origin.AnswerAsync);
        await app.StartAsync();
        return origin;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/health":
                context.Response.StatusCode = Healthy ? 200 : 503;
                break;
            case "/tokens":
                await StreamAsync(context,
                    int.Parse(context.Request.Query["count"]!, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case "/echo.Echo/Chat":
                context.Response.ContentType = "application/grpc";
                await context.Response.Body.FlushAsync();
                var octets = new byte[1024];
                while (await context.Request.Body.ReadAsync(octets) is > 0 and var count)
                {
                    await context.Response.Body.WriteAsync(octets.AsMemory(0, count));
                    await context.Response.Body.FlushAsync();
                }

                context.Response.AppendTrailer("grpc-status", "0");
                break;
            case "/digest":
                await context.Response.WriteAsync(
                    Convert.ToHexString(await SHA256.HashDataAsync(context.Request.Body)));
                break;
            case "/fields":
                await context.Response.WriteAsync(string.Join('\n',
                    context.Request.Headers.Select(h => $"{h.Key}: {h.Value}")));
                break;
            case "/ws":
                using (var socket = await context.WebSockets.AcceptWebSocketAsync())
                {
                    var buffer = new byte[1024];
                    while (await socket.ReceiveAsync(buffer,
                        default) is { MessageType: not System.Net.WebSockets.WebSocketMessageType.Close } got)
                        await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage,
                            default);
                }

                break;
            default:
                await context.Response.WriteAsync("here");
                break;
        }
    }

    private async Task StreamAsync(HttpContext context, int count)
    {
        context.Response.ContentType = "text/event-stream";
        try
        {
            for (var i = 0; i < count; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(20, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            Aborted.Enqueue(context.Request.Path);
        }
    }
}
