using System.Net;
using System.Net.Sockets;

namespace Meridian.Dns.Tests.Peers;

/// <summary>Asks another server one query after the other over one socket.</summary>
internal sealed class PeerClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram,
        ProtocolType.Udp)
    { ReceiveTimeout = 2000 };
    private readonly byte[] _buffer = new byte[65535];

    public PeerClient(IPEndPoint endPoint) => _socket.Connect(endPoint);

    /// <summary>The answer with the query's id; null where none comes.</summary>
    public ValueTask<byte[]?> AskAsync(byte[] query)
    {
        try
        {
            _socket.Send(query);
            while (true)
            {
                var length = _socket.Receive(_buffer);
                if (length > 1 && _buffer[0] == query[0] && _buffer[1] == query[1])
                    return ValueTask.FromResult<byte[]?>(_buffer[..length]);
            }
        }
        catch (SocketException)
        {
            return ValueTask.FromResult<byte[]?>(null);
        }
    }

    public void Dispose() => _socket.Dispose();
}
