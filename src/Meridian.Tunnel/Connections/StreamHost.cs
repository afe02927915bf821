using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tunnel.Connections;

/// <summary>
/// A Kestrel for the connections of a <see cref="StreamListener"/>. It reads none of the host's files and variables.
/// </summary>
internal static class StreamHost
{
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(1);

    /// <param name="listener">Gives it connections.</param>
    /// <param name="protocols">What is spoken on them.</param>
    /// <param name="setLimits">Sets the limits of requests and connections.</param>
    public static WebApplication Build(StreamListener listener, HttpProtocols protocols,
        Action<KestrelServerLimits> setLimits)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IConnectionListenerFactory>(listener);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownLimit);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            setLimits(kestrel.Limits);
            kestrel.Listen(new StreamEndPoint(), l => l.Protocols = protocols);
        });
        return builder.Build();
    }
}
