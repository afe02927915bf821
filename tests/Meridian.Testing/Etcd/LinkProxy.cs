using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Testing.Etcd;

/// <summary>A way to a server on this machine that a test cuts, delays, or lets run into nothing.</summary>
public sealed class LinkProxy : IAsyncDisposable
{
    private readonly int _target;
    private readonly ConcurrentDictionary<Link, bool> _links = [];
    private TcpListener? _listener;
    private Task _loop = Task.CompletedTask;
    private volatile bool _swallowsNew;

    public LinkProxy(int target)
    {
        _target = target;
        Port = Ports.Free();
        Open();
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Waits before each piece is passed on, in each direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Breaks all connections and refuses new ones.</summary>
    public async Task CutAsync()
    {
        _listener?.Dispose();
        _listener = null;
        await _loop;
        Break();
    }

    /// <summary>Breaks all connections; new ones pass.</summary>
    public void Break()
    {
        foreach (var link in _links.Keys)
            link.Dispose();
    }

    /// <summary>Lets connections pass again.</summary>
    public void Heal()
    {
        _swallowsNew = false;
        if (_listener is null)
            Open();
    }

    /// <summary>Passes nothing on any more over the connections that there are, and says so to nobody.</summary>
    /// <param name="newOnesToo">Whether new connections are accepted and run into nothing as well.</param>
    public void Swallow(bool newOnesToo)
    {
        _swallowsNew = newOnesToo;
        foreach (var link in _links.Keys)
            link.IsSwallowed = true;
    }

    public async ValueTask DisposeAsync() => await CutAsync();

    private void Open()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _loop = AcceptAsync(_listener);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket near;
            try
            {
                near = await listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            var link = new Link(near) { IsSwallowed = _swallowsNew };
            _links[link] = true;
            _ = PassAsync(link);
        }
    }

    private async Task PassAsync(Link link)
    {
        try
        {
            await link.Far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(PumpAsync(link, link.Near, link.Far), PumpAsync(link, link.Far, link.Near));
        }
        catch (SocketException)
        {
            // The server is away, and so is the way to it.
        }
        finally
        {
            link.Dispose();
            _links.TryRemove(link, out _);
        }
    }

    private async Task PumpAsync(Link link, Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay);
                if (link.IsSwallowed)
                    await link.Closed;
                await to.SendAsync(buffer.AsMemory(0, read));
            }

            // What a server says before it is killed, a swallowed connection does not tell either.
            if (link.IsSwallowed)
                await link.Closed;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One end has gone; the other is closed with it.
        }
    }

    private sealed class Link(Socket near) : IDisposable
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Socket Near { get; } = near;

        public Socket Far { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public volatile bool IsSwallowed;

        public Task Closed => _closed.Task;

        public void Dispose()
        {
            Near.Dispose();
            Far.Dispose();
            _closed.TrySetResult();
        }
    }
}
