using System.Net;
using System.Net.WebSockets;
using Meridian.Addresses;
using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Tunnel.Gateways;

/// <summary>Turns a connection around by an HTTP/1.1 <c>Upgrade</c> or by a WebSocket.</summary>
/// <param name="tunnels">What runs on it from then on.</param>
/// <param name="stop">Ends the tunnels.</param>
internal sealed class ReverseEndpoint(TunnelRunner tunnels, CancellationToken stop)
{
    public async Task AnswerAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(TunnelTokens.Upgrade);
            await using var stream = WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
            await RunAsync(context, stream);
        }
        else if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && AsksForTunnel(context.Request))
        {
            context.Response.Headers.Upgrade = TunnelTokens.Upgrade;
            await using var stream = await upgrade.UpgradeAsync();
            await RunAsync(context, stream);
        }
        else
        {
            await PlainText.WriteAsync(context.Response, StatusCodes.Status426UpgradeRequired,
                $"upgrade to {TunnelTokens.Upgrade}, or to a WebSocket");
        }
    }

    private Task RunAsync(HttpContext context, Stream stream)
    {
        var remote = context.Connection.RemoteIpAddress is { } address
            ? new IPEndPoint(address, context.Connection.RemotePort) : null;
        return tunnels.RunAsync(stream, context.Features.GetRequiredFeature<ConnectionIdentity>(), remote,
            context.Features.GetRequiredFeature<ConnectionPlace>(), stop);
    }

    private static bool AsksForTunnel(HttpRequest request) =>
        request.Headers.Upgrade.ToString().Equals(TunnelTokens.Upgrade, StringComparison.OrdinalIgnoreCase);
}
