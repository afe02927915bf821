using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.ExternalDns.Tests;

/// <summary>The records API of a node, which answers what it is told.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeNode(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single() + "/");

    /// <summary>What it answers to a GET of <c>api/v1/records/scope</c>.</summary>
    public string Scope { get; set; } = """{"zones":["example.org"]}""";

    /// <summary>What it answers to a GET of <c>api/v1/records</c>.</summary>
    public string Records { get; set; } = "[]";

    /// <summary>What it answers to a POST.</summary>
    public (int Status, string Body) Written { get; set; } = (204, "");

    /// <summary>The bodies that were posted, and the credentials of every request.</summary>
    public ConcurrentQueue<string> Posted { get; } = [];

    public ConcurrentQueue<string?> Credentials { get; } = [];

    public static async Task<FakeNode> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var node = new FakeNode(builder.Build());
        node._app.Run(node.ServeAsync);
        await node._app.StartAsync();
        return node;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        Credentials.Enqueue(context.Request.Headers.Authorization);
        if (context.Request.Method == "POST")
        {
            using var body = new StreamReader(context.Request.Body);
            Posted.Enqueue(await body.ReadToEndAsync());
            context.Response.StatusCode = Written.Status;
            if (Written.Body.Length > 0)
                await context.Response.WriteAsync(Written.Body);
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(context.Request.Path == "/api/v1/records/scope" ? Scope : Records);
    }
}
