using System.Net;
using System.Net.Sockets;
using Meridian.Addresses;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Listening;

/// <summary>
/// A listening socket for Kestrel. Kestrel's own one tries again at once when a connection cannot be accepted: once the
/// process has no more descriptors it takes a whole core. This one waits, and gives every connection a place.
/// </summary>
internal sealed class SocketListener : IConnectionListener
{
    private const int Backlog = 512;

    private static readonly TimeSpan AfterFault = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _connections;
    private readonly ConnectionPlaces _places;
    private readonly DescriptorUse _use;
    private readonly TimeProvider _time;

    /// <exception cref="AddressInUseException">Another socket listens there.</exception>
    /// <exception cref="SocketException">It cannot be listened at for another reason.</exception>
    public SocketListener(EndPoint endPoint, SocketConnectionFactoryOptions options, ConnectionPlaces places,
        DescriptorUse use, TimeProvider time)
    {
        (_places, _use, _time) = (places, use, time);
        try
        {
            _socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }

        EndPoint = _socket.LocalEndPoint!;
        _socket.Listen(Backlog);
        _connections = new SocketConnectionContextFactory(options, NullLogger.Instance);
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next connection; null once the socket is closed.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var accepted = await _socket.AcceptAsync(cancellationToken);
                accepted.NoDelay = true;
                if (ConnectionOf(accepted) is { } connection)
                    return connection;
            }
            catch (Exception e) when (e is ObjectDisposedException
                or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException)
            {
                // The connection is gone already, or descriptors have run out and some will come back.
                await Task.Delay(AfterFault, _time, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _connections.Dispose();
        return ValueTask.CompletedTask;
    }

    // Null where there is no place for the client.
    private ConnectionContext? ConnectionOf(Socket socket)
    {
        ConnectionContext? connection = null;
        var place = _places.TryTake(((IPEndPoint)socket.RemoteEndPoint!).Address, () => connection?.Abort(),
            isCrowded: !Descriptors.HasRoomFor(socket, _use));
        if (place is null)
        {
            socket.Dispose();
            return null;
        }

        connection = _connections.Create(socket);
        connection.ConnectionClosed.Register(place.Dispose);
        connection.Features.Set(place);
        return connection;
    }
}
