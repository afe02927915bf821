using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Meridian.Tunnel.Connections;

/// <summary>
/// Gives Kestrel connections that exist already: those that an agent dialled, and those that a gateway accepted and
/// spoke TLS on. Everything else is bound by Kestrel's own transport.
/// </summary>
internal sealed class StreamListener
    : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint { get; private set; } = new StreamEndPoint();

    /// <summary>Hands a connection to Kestrel.</summary>
    /// <returns>False once Kestrel has stopped.</returns>
    public bool Serve(StreamConnection connection) => _connections.Writer.TryWrite(connection);

    public bool CanBind(EndPoint endpoint) => endpoint is StreamEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return ValueTask.FromResult<IConnectionListener>(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _connections.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _connections.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
