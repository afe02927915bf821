using System.Buffers.Text;
using System.Net;
using Meridian.Dns.Answering;
using Meridian.Dns.Wire;
using Meridian.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>DNS over HTTPS (RFC 8484): GET and POST of whole messages at <c>/dns-query</c>.</summary>
internal static class HttpsDnsServer
{
    private const string MessageType = "application/dns-message";
    private const int MaxMessage = ushort.MaxValue;
    private const int MaxConnectionsPerClient = 200;
    private const int MaxConnections = 10_000;

    /// <exception cref="StartException">It cannot listen.</exception>
    public static async Task<WebServer?> StartAsync(Node node, NodeOptions options, TimeProvider time,
        ILoggerFactory logs)
    {
        if (options.DnsHttps.IsEmpty)
            return null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(logs);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddListening(MaxConnectionsPerClient, MaxConnections, Addresses.DescriptorUse.Dns, time);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxMessage;
            foreach (var endPoint in options.DnsHttps)
            {
                kestrel.Listen(endPoint, listen => listen.UseHttps(ServerTls.With(options.DnsCertificate!)));
            }
        });
        var app = builder.Build();
        app.MapGet("/dns-query", context => GetAsync(context, node));
        app.MapPost("/dns-query", context => PostAsync(context, node));
        try
        {
            await app.StartAsync();
            return new WebServer(app);
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new StartException($"cannot listen for DNS over HTTPS on {string.Join(", ", options.DnsHttps)}: " +
                $"{e.Message.TrimEnd('.')}; choose another address with --dns-https");
        }
    }

    // RFC 8484 section 4.1: the message in base64url without padding.
    private static Task GetAsync(HttpContext context, Node node)
    {
        var text = context.Request.Query["dns"].ToString();
        return text.Length is > 0 and <= MaxMessage * 2 && Base64Url.IsValid(text)
            ? AnswerAsync(context, node, Base64Url.DecodeFromChars(text))
            : RefuseAsync(context, StatusCodes.Status400BadRequest);
    }

    private static async Task PostAsync(HttpContext context, Node node)
    {
        if (context.Request.ContentType?.Split(';')[0].Trim() != MessageType)
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType);
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await AnswerAsync(context, node, body.ToArray());
    }

    private static async Task AnswerAsync(HttpContext context, Node node, byte[] message)
    {
        byte[]? answer = null;
        var client = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (message.Length >= 12 && (message[2] & 0x80) == 0)
        {
            await node.Dns.Messages.HandleAsync(message, client, Transport.Https, response =>
            {
                answer ??= response.ToArray();
                return ValueTask.CompletedTask;
            }, context.RequestAborted);
        }

        if (answer is null)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest);
            return;
        }

        context.Response.ContentType = MessageType;
        context.Response.ContentLength = answer.Length;

        // Section 5.1: no longer than the shortest TTL in the answer.
        context.Response.Headers.CacheControl = $"max-age={MessageTtl.Of(answer)}";
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
