using System.Diagnostics;
using Meridian.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace Meridian.Gateway.Forwarding;

/// <summary>WebSockets and other upgrades, gRPC and HTTP/2 to the addresses: YARP forwards them.</summary>
internal sealed class OpaqueForwarder(GatewayCore core)
{
    private readonly IHttpForwarder _forwarder = new ServiceCollection().AddLogging().AddHttpForwarder()
        .BuildServiceProvider().GetRequiredService<IHttpForwarder>();

    /// <summary>Whether a request can only be forwarded as it is.</summary>
    public static bool IsNeeded(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest is true
        || context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect is true;

    public async Task ForwardAsync(HttpContext context, Route route, int[] order, ulong session, Activity? span)
    {
        route.Record.Retries.Count();
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        await using var exchange = new OpaqueExchange(core, _forwarder, context, route, order, session, span);
        await exchange.RunAsync();
    }
}
