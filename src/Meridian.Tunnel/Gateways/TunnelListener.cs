using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meridian.Addresses;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// The sockets that agents dial. Addresses that come too often are turned away before anything is read.
/// </summary>
/// <param name="limits">How often an address may come.</param>
/// <param name="serve">Serves a connection to its end, and never throws.</param>
/// <param name="time">The clock.</param>
internal sealed class TunnelListener(ArrivalLimits limits, Func<Stream, EndPoint?, Task> serve, TimeProvider time)
    : IDisposable
{
    private const int Backlog = 1024;

    private static readonly TimeSpan AfterFault = TimeSpan.FromMilliseconds(50);

    private readonly List<Socket> _sockets = [];

    /// <summary>Where it listens.</summary>
    public IEnumerable<IPEndPoint> EndPoints => _sockets.Select(s => (IPEndPoint)s.LocalEndPoint!);

    /// <summary>Opens the sockets.</summary>
    /// <exception cref="SocketException">An address cannot be listened at.</exception>
    public void Open(ImmutableArray<IPEndPoint> endPoints)
    {
        foreach (var endPoint in endPoints)
        {
            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            _ = AcceptAsync(socket);
        }
    }

    /// <summary>Closes the sockets; connections that were accepted go on.</summary>
    public void Dispose()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    // Ends when the socket is closed.
    private async Task AcceptAsync(Socket socket)
    {
        while (true)
        {
            try
            {
                var accepted = await socket.AcceptAsync();
                accepted.NoDelay = true;
                if (limits.AdmitConnection(accepted.RemoteEndPoint)
                    && Descriptors.HasRoomFor(accepted, DescriptorUse.Tunnel))
                    _ = serve(new NetworkStream(accepted, ownsSocket: true), accepted.RemoteEndPoint);
                else
                    accepted.Dispose();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The connection is gone already, or descriptors have run out and some will come back.
                await Task.Delay(AfterFault, time);
            }
        }
    }
}
