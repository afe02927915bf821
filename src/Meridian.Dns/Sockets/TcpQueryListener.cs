using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;

namespace Meridian.Dns.Sockets;

/// <summary>Takes TCP connections, up to the limits, and owns their tasks.</summary>
internal sealed class TcpQueryListener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Responder _responder;
    private readonly ZoneHolder _zones;
    private readonly TcpLimits _limits;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpQueryConnection, Task> _connections = [];
    private readonly ConcurrentDictionary<IPAddress, int> _clients = [];
    private Task _accepting = Task.CompletedTask;

    public TcpQueryListener(IPEndPoint endPoint, Responder responder, ZoneHolder zones, TcpLimits limits, TimeProvider time)
    {
        _responder = responder;
        _zones = zones;
        _limits = limits;
        _time = time;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                _socket.DualMode = false;
            _socket.Bind(endPoint);
            _socket.Listen(512);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    public DnsCounters Counters { get; } = new(Transport.Tcp);

    public int ConnectionCount => _connections.Count;

    public void Start() => _accepting = AcceptAsync(_stop.Token);

    public void Close() => _socket.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(cancellationToken);
                var client = ((IPEndPoint)socket.RemoteEndPoint!).Address;
                var count = _clients.AddOrUpdate(client, 1, (_, n) => n + 1);
                if (_connections.Count >= _limits.MaxConnections || count > _limits.MaxConnectionsPerClient)
                {
                    socket.Dispose();
                    Leave(client);
                    continue;
                }

                Serve(socket, client, cancellationToken);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client gave up, or file descriptors ran out: wait a moment rather than spin.
                await Task.Delay(TimeSpan.FromMilliseconds(10), _time, CancellationToken.None);
            }
        }
    }

    private void Serve(Socket socket, IPAddress client, CancellationToken cancellationToken)
    {
        var connection = new TcpQueryConnection(socket, client, _responder, _zones, _limits, Counters, _time);

        // Registered before it runs, so that its own removal cannot come first.
        var started = new TaskCompletionSource();
        _connections[connection] = RunAsync();
        started.SetResult();

        async Task RunAsync()
        {
            await started.Task.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await connection.RunAsync(cancellationToken);
            _connections.TryRemove(connection, out _);
            Leave(client);
        }
    }

    private void Leave(IPAddress client)
    {
        if (_clients.AddOrUpdate(client, 0, (_, n) => n - 1) <= 0)
            _clients.TryRemove(new KeyValuePair<IPAddress, int>(client, 0));
    }
}
