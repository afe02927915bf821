using System.Net.Sockets;
using Meridian.Tunnel.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Tunnel.Sites;

/// <summary>What an agent answers to a gateway: who it is, and connections to the services of its own file.</summary>
internal sealed class AgentEndpoints(ControlStreams controls, IServiceTable services)
{
    private int _inFlight;

    /// <summary>Connections to services that are open.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == TunnelTokens.ControlPath)
            return controls.ServeAsync(context);
        if (path.StartsWith(TunnelTokens.StreamPath, StringComparison.Ordinal))
            return ConnectAsync(context, Uri.UnescapeDataString(path[TunnelTokens.StreamPath.Length..]));
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async Task ConnectAsync(HttpContext context, string service)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            using var socket = await services.ConnectAsync(service, context.RequestAborted);
            if (socket is null)
            {
                Refuse(context.Response, StatusCodes.Status404NotFound, "the agent has no such service");
                return;
            }

            await context.Response.BodyWriter.FlushAsync(context.RequestAborted); // answers that it is connected
            await Pump.RunAsync(context, socket);
        }
        catch (SocketException e)
        {
            Refuse(context.Response, StatusCodes.Status502BadGateway, ReasonOf(e));
        }
        catch (OperationCanceledException)
        {
            // Nobody wants it any more.
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static void Refuse(HttpResponse response, int status, string reason)
    {
        response.StatusCode = status;
        response.Headers[TunnelTokens.Reason] = reason;
    }

    private static string ReasonOf(SocketException e) =>
        e.SocketErrorCode == SocketError.ConnectionRefused ? "connect: refused" : $"connect: {e.SocketErrorCode}";
}
