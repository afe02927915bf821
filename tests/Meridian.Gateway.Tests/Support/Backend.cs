using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Gateway.Tests.Support;

/// <summary>A server on a raw socket that does to each request what the test's script says.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly Func<BackendRequest, BackendConnection, Task> _script;
    private readonly ConcurrentDictionary<BackendConnection, Task> _open = [];
    private readonly IPAddress _address;
    private int _port;
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    public Backend(string name, Func<BackendRequest, BackendConnection, Task> script, string address = "127.0.0.1")
    {
        (Name, _script, _address) = (name, script, IPAddress.Parse(address));
        Open();
    }

    private Backend(string name, int port)
    {
        (Name, _port, _address, _script) = (name, port, IPAddress.Loopback, (_, _) => Task.CompletedTask);
    }

    public string Name { get; }

    public int Port => _port;

    public ConcurrentQueue<BackendRequest> Requests { get; } = [];

    /// <summary>Connections that have been taken.</summary>
    public int Accepted { get; private set; }

    /// <summary>Answers every request with its own name.</summary>
    public static Backend Named(string name) => new(name, (_, connection) => connection.AnswerAsync(name));

    /// <summary>Stands for a server that somebody else has started.</summary>
    public static Backend At(string name, int port) => new(name, port);

    /// <summary>Dies as a process does: the port is closed, and every connection is reset.</summary>
    public async Task KillAsync()
    {
        _listener?.Stop();
        foreach (var connection in _open.Keys)
            connection.Reset();
        await _accepting;

        // A script that waits for something of the test may wait for ever when the test has failed.
        await Task.WhenAny(Task.WhenAll(_open.Values), Task.Delay(TestTime.Limit(3)));
    }

    /// <summary>Comes back on the same port.</summary>
    public void Open()
    {
        _listener = new TcpListener(_address, _port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start(1024);
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            try
            {
                var connection = new BackendConnection(await listener.AcceptSocketAsync());
                Accepted++;
                var serving = ServeAsync(connection);
                _open[connection] = serving;
                _ = serving.ContinueWith(_ => _open.TryRemove(connection, out Task? _), TaskScheduler.Default);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(BackendConnection connection)
    {
        await Task.Yield();
        try
        {
            while (await connection.ReadHeadAsync() is { } request)
            {
                Requests.Enqueue(request);
                await _script(request, connection);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException
            or OperationCanceledException)
        {
            // The other side is gone, or we are.
        }
        finally
        {
            connection.Dispose();
        }
    }
}
