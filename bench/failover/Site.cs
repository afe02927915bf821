using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Bench.Failover;

/// <summary>A site that lives until it is killed in one of the ways.</summary>
internal sealed class Site : IDisposable
{
    private static readonly byte[] Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();
    private static readonly byte[] Unavailable =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener;
    private readonly ConcurrentDictionary<Socket, byte> _open = [];
    private volatile int _death = -1;

    public Site(string address, int port)
    {
        Address = address;
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public string Address { get; }

    public void Kill(Death death)
    {
        _death = (int)death;
        if (death is Death.Refused or Death.Process)
            _listener.Stop();
        if (death is Death.Process)
            CloseAll();
    }

    public void Dispose()
    {
        _listener.Stop();
        CloseAll();
    }

    private void CloseAll()
    {
        foreach (var socket in _open.Keys)
            socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Killed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        _open[socket] = 0;
        try
        {
            var buffer = new byte[2048];
            while (await socket.ReceiveAsync(buffer) > 0)
            {
                switch ((Death)_death)
                {
                    case Death.BlackHole:
                        await Task.Delay(Timeout.Infinite);
                        break;
                    case Death.Slow:
                        await Task.Delay(5000);
                        break;
                    case Death.Reset:
                        socket.LingerState = new LingerOption(true, 0);
                        return;
                }

                await socket.SendAsync(_death == (int)Death.Error503 ? Unavailable : Ok);
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The probe went away, or the site was killed.
        }
        finally
        {
            _open.TryRemove(socket, out _);
            socket.Dispose();
        }
    }
}
