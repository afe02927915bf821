using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Demo;

/// <summary>The way of one node to the store, which can be cut.</summary>
internal sealed class StoreLink : IDisposable
{
    private readonly int _store;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = [];
    private volatile bool _isCut;

    public StoreLink(int store)
    {
        _store = store;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether nothing passes.</summary>
    public bool IsCut
    {
        get => _isCut;
        set
        {
            _isCut = value;
            if (value)
                Break();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Break();
    }

    private void Break()
    {
        foreach (var connection in _connections.Keys)
            connection.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient near;
            try
            {
                near = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = PassAsync(near);
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            (_connections[near], _connections[far]) = (true, true);
            try
            {
                if (_isCut)
                    return;
                await far.ConnectAsync(IPAddress.Loopback, _store);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()),
                    far.GetStream().CopyToAsync(near.GetStream()));
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException
                or InvalidOperationException)
            {
                // It was cut, or the store is gone.
            }
            finally
            {
                _connections.TryRemove(near, out _);
                _connections.TryRemove(far, out _);
            }
        }
    }
}
