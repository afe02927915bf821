using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meridian.Bench.Gateway;

/// <summary>
/// Answers <c>/1k</c>, and <c>/events</c> with an event a second on each stream, each at a moment of its own: tokens of
/// clients that know nothing of each other. Cheap, since it shares its core with the clients.
/// </summary>
internal sealed class EventBackend : IDisposable
{
    private const int Slots = 1000;

    private static readonly byte[] Event = "f\r\ndata: 0123456\n\n\r\n"u8.ToArray();
    private static readonly byte[] Head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray();
    private static readonly byte[] Kilobyte = [.. "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n"u8,
        .. new byte[1024]];

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentQueue<Socket>[] _wheel =
        [.. Enumerable.Range(0, Slots).Select(_ => new ConcurrentQueue<Socket>())];
    private readonly Thread _turning;
    private volatile bool _stopping;

    public EventBackend(int port)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(4096);
        _turning = new Thread(Turn) { IsBackground = true };
        _turning.Start();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _stopping = true;
        _turning.Join();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping)
        {
            try
            {
                var socket = await _listener.AcceptAsync();
                socket.NoDelay = true;
                _ = ServeAsync(socket);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            for (var length = 0; ;)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (read == 0)
                    return;
                length += read;
                if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
                    continue;
                if (Encoding.ASCII.GetString(buffer, 0, length).StartsWith("GET /events", StringComparison.Ordinal))
                {
                    await socket.SendAsync(Head);
                    await socket.SendAsync(Event);
                    _wheel[Random.Shared.Next(Slots)].Enqueue(socket);
                    return;
                }

                await socket.SendAsync(Kilobyte);
                length = 0;
            }
        }
        catch (SocketException)
        {
            socket.Dispose();
        }
    }

    // A millisecond a slot; what was late is made up for.
    private void Turn()
    {
        var started = Environment.TickCount64;
        for (var done = 0L; !_stopping;)
        {
            var now = Environment.TickCount64 - started;
            for (; done < now; done++)
            {
                foreach (var socket in _wheel[done % Slots])
                {
                    try
                    {
                        socket.Send(Event);
                    }
                    catch (Exception e) when (e is SocketException or ObjectDisposedException)
                    {
                        // Its client has gone.
                    }
                }
            }

            Thread.Sleep(1);
        }
    }
}
