using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Meridian.Demo;

/// <summary>One site of the demo: a real HTTP server on its own loopback address, with a switch to fail.</summary>
internal sealed class DemoSite(string name, IPEndPoint endPoint) : IAsyncDisposable
{
    private static readonly TimeSpan Slowness = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _switching = new(1, 1);
    private WebApplication? _server;
    private volatile SiteMode _mode;

    public string Name { get; } = name;

    public IPEndPoint EndPoint { get; } = endPoint;

    public SiteMode Mode => _mode;

    /// <summary>Makes the site behave; takes effect before it returns.</summary>
    public async Task SwitchAsync(SiteMode mode)
    {
        await _switching.WaitAsync();
        try
        {
            _mode = mode;
            if (mode == SiteMode.Refuse)
                await StopAsync();
            else
                _server ??= await StartAsync();
        }
        finally
        {
            _switching.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _switching.Dispose();
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(EndPoint));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var server = builder.Build();
        server.Run(AnswerAsync);
        await server.StartAsync();
        return server;
    }

    private async Task StopAsync()
    {
        if (_server is not { } server)
            return;
        _server = null;
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        switch (_mode)
        {
            case SiteMode.Slow:
                await Task.Delay(Slowness, context.RequestAborted);
                break;
            case SiteMode.Hang:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case SiteMode.Reset:
                context.Abort();
                return;
            case SiteMode.Error:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
        }

        context.Response.Headers["x-meridian-site"] = Name;
        await context.Response.WriteAsync($"hello from {Name}\n", context.RequestAborted);
    }
}
