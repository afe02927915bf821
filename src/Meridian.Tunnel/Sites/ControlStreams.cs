using System.Collections.Concurrent;
using Meridian.Tunnel.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Tunnel.Sites;

/// <summary>The control streams of all of an agent's connections: what is reported goes to every gateway.</summary>
/// <param name="introduce">Makes the first line of a stream.</param>
internal sealed class ControlStreams(Func<Hello> introduce)
{
    private readonly ConcurrentDictionary<ControlWriter, bool> _open = [];
    private volatile bool _draining;

    /// <summary>Writes a line to every gateway.</summary>
    public async Task WriteAsync(AgentLine line)
    {
        foreach (var control in _open.Keys)
            await control.WriteAsync(line);
    }

    /// <summary>Asks every gateway for nothing new, those that connect later too.</summary>
    public Task DrainAsync()
    {
        _draining = true;
        return WriteAsync(new AgentLine { Drain = true });
    }

    /// <summary>Serves a control stream to its end.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        using var control = new ControlWriter(context.Response.Body);
        var connection = context.Features.GetRequiredFeature<GatewayConnection>();
        connection.Control = control;
        await control.WriteAsync(new AgentLine { Hello = introduce() });
        _open[control] = true;
        try
        {
            if (_draining)
                await control.WriteAsync(new AgentLine { Drain = true });
            await ReadAsync(context, connection, control);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidDataException)
        {
            // The connection ends, and the link dials again.
        }
        finally
        {
            _open.TryRemove(control, out _);
        }
    }

    private static async Task ReadAsync(HttpContext context, GatewayConnection connection, ControlWriter control)
    {
        var lines = new LineReader(context.Request.BodyReader);
        while (await lines.ReadAsync(TunnelJson.Default.GatewayLine, context.RequestAborted) is { } line)
        {
            if (line.Ping != 0)
                await control.WriteAsync(new AgentLine { Pong = line.Ping });
            connection.Receive(line);
        }
    }
}
