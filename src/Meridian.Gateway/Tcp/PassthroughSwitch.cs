using Meridian.Addresses;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Meridian.Gateway.Tcp;

/// <summary>
/// Reads the server name of a TLS connection before TLS begins: connections of endpoints with <c>tcp.passthrough</c>
/// are passed on as they are, and tunnels are handed over.
/// </summary>
internal sealed class PassthroughSwitch(GatewayCore core)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>For the pipeline of a listener, before TLS.</summary>
    public ConnectionDelegate Switch(ConnectionDelegate next) => async connection =>
    {
        var tunnels = core.Tunnels;
        if (!core.HasPassthrough && tunnels is null)
        {
            await next(connection);
            return;
        }

        if (await NameAsync(connection) is not { } name)
            return;
        if (tunnels is not null && name == tunnels.ServerName)
        {
            GiveBackPlace(connection);
            await tunnels.Serve(new PipeStream(connection), connection.RemoteEndPoint, StoppingOf(connection));
            return;
        }

        if (name.Length == 0 || core.PassthroughOf(name) is not { } route)
        {
            await next(connection);
            return;
        }

        GiveBackPlace(connection);
        await core.RelayFor(route, connection.RemoteEndPoint)
            .RunAsync(new PipeStream(connection), () => connection.Transport.Output.Complete(),
                connection.ConnectionClosed);
    };

    // Null where the connection ends, or sends too little for too long.
    private static async ValueTask<string?> NameAsync(ConnectionContext connection)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed,
            StoppingOf(connection));
        limit.CancelAfter(Patience);
        var input = connection.Transport.Input;
        while (true)
        {
            try
            {
                var read = await input.ReadAsync(limit.Token);
                var isKnown = ClientHello.TryRead(read.Buffer, out var name);
                input.AdvanceTo(read.Buffer.Start, isKnown ? read.Buffer.Start : read.Buffer.End);
                if (isKnown)
                    return name;
                if (read.IsCompleted)
                    return null;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                return null;
            }
        }
    }

    // It is no silent connection any more; whoever gets it has limits of its own.
    private static void GiveBackPlace(ConnectionContext connection) =>
        connection.Features.Get<ConnectionPlace>()?.Dispose();

    private static CancellationToken StoppingOf(ConnectionContext connection) =>
        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
        ?? CancellationToken.None;
}
