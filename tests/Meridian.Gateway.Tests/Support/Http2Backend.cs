using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Gateway.Tests.Support;

/// <summary>A server that speaks frames of HTTP/2 and does to each request what the test's script says.</summary>
internal sealed class Http2Backend : IAsyncDisposable
{
    public const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, GoAway = 7;
    public const byte EndStream = 1, EndHeaders = 4;

    /// <summary>The field <c>:status: 200</c> in the static table of HPACK.</summary>
    public const byte Ok = 0x88;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int, Http2Backend.Connection, Task> _script;
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly TaskCompletionSource _givenUp = new();
    private readonly Task _accepting;

    /// <param name="script">Gets the number of each stream that begins.</param>
    public Http2Backend(Func<int, Connection, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends when a client has given a connection up.</summary>
    public Task GivenUp => _givenUp.Task;

    /// <summary>Streams that have begun.</summary>
    public int Begun { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _serving.Add(ServeAsync(new Connection(await _listener.AcceptSocketAsync())));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        try
        {
            await connection.BeginAsync();
            while (true)
            {
                var (type, flags, stream) = await connection.ReadFrameAsync();
                if (type == GoAway)
                    _givenUp.TrySetResult();
                if (type == Settings && (flags & 1) == 0)
                    await connection.SendAsync(Settings, 1, 0);
                if (type != Headers)
                    continue;
                Begun++;
                await _script(stream, connection);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            connection.Dispose();
            _givenUp.TrySetResult();
        }
    }

    internal sealed class Connection(Socket socket) : IDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);

        public async Task BeginAsync()
        {
            await _stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length]);
            await SendAsync(Settings, 0, 0);
        }

        public async Task<(byte Type, byte Flags, int Stream)> ReadFrameAsync()
        {
            var head = new byte[9];
            await _stream.ReadExactlyAsync(head);
            await _stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]]);
            return (head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)));
        }

        /// <summary>Sends a frame (RFC 9113 section 4.1).</summary>
        public async Task SendAsync(byte type, byte flags, int stream, params byte[] payload)
        {
            var frame = new byte[9 + payload.Length];
            (frame[1], frame[2], frame[3], frame[4]) =
                ((byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
            payload.CopyTo(frame, 9);
            await _stream.WriteAsync(frame);
        }

        public void Dispose() => _stream.Dispose();
    }
}
