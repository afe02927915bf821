using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meridian.Acceptance.Support;

/// <summary>A small HTTP server whose status, delay and very existence can be switched.</summary>
internal sealed class FakeSite(string address, int port) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, byte> _open = [];
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _requests;

    public string Address { get; } = address;

    public int Port { get; } = port;

    public volatile int Status = 200;

    public int Requests => Volatile.Read(ref _requests);

    public FakeSite Start()
    {
        _listener = new TcpListener(IPAddress.Parse(Address), Port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
        return this;
    }

    /// <summary>As if the process died: nothing listens, and every connection is closed.</summary>
    public async Task StopAsync()
    {
        _listener?.Stop();
        await _accepting;
        foreach (var socket in _open.Keys)
            socket.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped; the last of them between two connections.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        _open[socket] = 0;
        try
        {
            var buffer = new byte[4096];
            while (await socket.ReceiveAsync(buffer) > 0)
            {
                Interlocked.Increment(ref _requests);
                await socket.SendAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 {Status} X\r\nContent-Length: 0\r\n"
                    + $"x-meridian-site: {Address}\r\nConnection: close\r\n\r\n"));
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client or the test ended it.
        }
        finally
        {
            _open.TryRemove(socket, out _);
            socket.Dispose();
        }
    }
}
