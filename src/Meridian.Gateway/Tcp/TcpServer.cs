using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Meridian.Addresses;
using Meridian.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Meridian.Gateway.Tcp;

/// <summary>
/// The ports of endpoints whose connections are passed on: opened and closed as the endpoints come and go.
/// </summary>
public sealed partial class TcpServer : IAsyncDisposable
{
    // Connections at a time, of all endpoints; many clients may stand behind one address.
    private const int MaxPerClient = 5_000;
    private const int MaxConnections = 20_000;

    // To open and close ports takes the kernel no time worth telling.
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);

    private readonly GatewayCore _core;
    private readonly GatewayOptions _options;
    private readonly ILogger<TcpServer> _log;
    private readonly ConcurrentDictionary<int, OpenPort> _open = [];
    private readonly Dictionary<int, string> _faults = [];
    private readonly ConcurrentDictionary<Task, byte> _running = [];
    private readonly ConnectionPlaces _places = new(MaxPerClient, MaxConnections);
    private readonly CancellationTokenSource _stop = new();

    // One waiting signal is enough, because the loop then looks at all routes.
    private readonly Channel<bool> _bell =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _following;
    private long _followingSince;

    /// <param name="core">Says which endpoints there are, and where their connections go.</param>
    /// <param name="options">Which ports may be opened.</param>
    /// <param name="logs">Where ports that cannot be opened are logged.</param>
    public TcpServer(GatewayCore core, GatewayOptions options, ILoggerFactory logs)
    {
        (_core, _options, _log) = (core, options, logs.CreateLogger<TcpServer>());
        core.Updated += Ring;
        Follow(); // those that are there at the start are open when the node says that it serves
        _following = Task.Run(FollowAsync);
        Ring();
    }

    /// <summary>What stands still, in one sentence; null for nothing.</summary>
    public string? Stalled =>
        _open.FirstOrDefault(o => o.Value.Accepting.Any(a => a.IsCompleted)) is { Value: not null } deaf
        ? $"port {deaf.Key} accepts no connections any more"
        : _following.IsFaulted || (Volatile.Read(ref _followingSince) is not 0 and var since
            && _core.Services.Time.GetElapsedTime(since) > StallLimit)
        ? "the opening of ports does not end: those of new endpoints are closed" : null;

    /// <summary>Accepts no new connections, and waits for the ones that stand to end.</summary>
    public async ValueTask DisposeAsync()
    {
        _core.Updated -= Ring;
        _bell.Writer.TryComplete();
        await _following;
        foreach (var port in _open.Keys.ToArray())
            Close(port);
        await Task.WhenAny(Task.WhenAll(_running.Keys), Task.Delay(_options.Drain, _core.Services.Time));
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
    }

    // Raised on the control loop of the node, which opens no sockets.
    private void Ring() => _bell.Writer.TryWrite(true);

    private async Task FollowAsync()
    {
        while (await _bell.Reader.WaitToReadAsync())
        {
            _bell.Reader.TryRead(out _);
            Volatile.Write(ref _followingSince, _core.Services.Time.GetTimestamp());
            try
            {
                Follow();
            }
            catch (Exception e)
            {
                Log.Fault(_log, e); // the ports from before stay open, and the next change is followed again
            }

            Volatile.Write(ref _followingSince, 0);
        }
    }

    private void Follow()
    {
        var wanted = _core.TcpRoutes;
        foreach (var port in _open.Keys.Where(p => !wanted.ContainsKey(p)).ToArray())
            Close(port);
        foreach (var port in _faults.Keys.Where(p => !wanted.ContainsKey(p)).ToArray())
            _faults.Remove(port);
        foreach (var (port, route) in wanted.Where(w => !_open.ContainsKey(w.Key)))
        {
            var fault = Open(port);
            if (fault is not null && _faults.GetValueOrDefault(port) != fault)
                Log.NotOpened(_log, route.Name, port, fault);
            if (fault is null)
                _faults.Remove(port);
            else
                _faults[port] = fault;
        }
    }

    // Null where it listens.
    private string? Open(int port)
    {
        var addresses = _options.Tcp.Where(r => r.Contains(port)).Select(r => r.Address).Distinct().ToArray();
        if (addresses.Length == 0)
            return _options.Tcp.IsEmpty
                ? "this node allows no ports; see `serve --tcp`"
                : $"this node allows only {string.Join(", ", _options.Tcp)}";
        var sockets = new List<Socket>();
        try
        {
            foreach (var address in addresses)
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                socket.Bind(new IPEndPoint(address, port));
                socket.Listen(512);
            }
        }
        catch (SocketException e)
        {
            sockets.ForEach(s => s.Dispose());
            return e.Message;
        }

        _open[port] = new OpenPort([.. sockets], [.. sockets.Select(s => AcceptAsync(s, port))]);
        return null;
    }

    private void Close(int port)
    {
        if (!_open.TryRemove(port, out var open))
            return;
        foreach (var socket in open.Sockets)
            socket.Dispose();
    }

    private async Task AcceptAsync(Socket listening, int port)
    {
        while (true)
        {
            try
            {
                Take(await listening.AcceptAsync(_stop.Token), port);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                if (e.SocketErrorCode is SocketError.OperationAborted or SocketError.InvalidArgument
                    or SocketError.NotSocket)
                    return;

                // The process has run out of descriptors; some will become free.
                await Task.Delay(TimeSpan.FromMilliseconds(50), _core.Services.Time);
            }
        }
    }

    // Whatever is wrong with one connection costs that connection alone.
    private void Take(Socket accepted, int port)
    {
        try
        {
            if (_core.TcpRoutes.TryGetValue(port, out var route) && PlaceOf(accepted) is { } place)
                Run(ServeAsync(accepted, place, route));
            else
                accepted.Close(0);
        }
        catch (Exception e)
        {
            accepted.Dispose();
            if (e is not SocketException) // the client has gone again
                Log.NotTaken(_log, port, e);
        }
    }

    private ConnectionPlace? PlaceOf(Socket accepted) =>
        _places.TryTake(((IPEndPoint)accepted.RemoteEndPoint!).Address, () => accepted.Close(0),
            isCrowded: !Descriptors.HasRoomFor(accepted, DescriptorUse.Gateway));

    private void Run(Task task)
    {
        _running[task] = 0;
        task.ContinueWith(t => _running.TryRemove(t, out _), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket socket, ConnectionPlace place, Route route)
    {
        using var until = place;
        await Task.Yield();
        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await _core.RelayFor(route, socket.RemoteEndPoint)
                .RunAsync(stream, () => socket.Shutdown(SocketShutdown.Send), _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException
            or ObjectDisposedException)
        {
            // The gateway stops, or the client is gone or lost its place, before this connection was made.
            socket.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "endpoint {Endpoint}: port {Port} is not opened: {Fault}")]
        public static partial void NotOpened(ILogger log, string endpoint, int port, string fault);

        [LoggerMessage(2, LogLevel.Error, "the ports of endpoints could not be followed")]
        public static partial void Fault(ILogger log, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "a connection to port {Port} could not be taken")]
        public static partial void NotTaken(ILogger log, int port, Exception exception);
    }

    /// <summary>The sockets of a port, and the loops that accept its connections.</summary>
    private sealed record OpenPort(Socket[] Sockets, Task[] Accepting);
}
