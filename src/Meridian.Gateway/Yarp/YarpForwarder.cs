using Meridian.Gateway.Forwarding;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace Meridian.Gateway.Yarp;

/// <summary>WebSockets and SPDY, gRPC and HTTP/2 to the addresses: YARP forwards them.</summary>
internal sealed class YarpForwarder(GatewayServices services)
{
    private readonly IHttpForwarder _forwarder = new ServiceCollection().AddLogging().AddHttpForwarder()
        .BuildServiceProvider().GetRequiredService<IHttpForwarder>();

    /// <summary>
    /// Whether a request becomes a connection of another protocol once it is answered. Other protocols than these are
    /// not asked for, as a server may (RFC 9110 section 7.8); HTTP/2 by upgrade would hide requests behind the first.
    /// </summary>
    public static bool IsUpgrade(HttpContext context) =>
        (context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest is true
            && context.Request.Headers.Upgrade.ToString() is var protocol
            && (protocol.Equals("websocket", StringComparison.OrdinalIgnoreCase)
                || protocol.StartsWith("SPDY/", StringComparison.OrdinalIgnoreCase)))
        || context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect is true;

    public async Task ForwardAsync(RoutedRequest request)
    {
        await using var forwarded = new YarpRequest(services, _forwarder, request);
        await forwarded.RunAsync();
    }
}
