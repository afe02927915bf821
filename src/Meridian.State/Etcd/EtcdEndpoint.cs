using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;

namespace Meridian.State.Etcd;

/// <summary>
/// One member of etcd: its channel, and whether it has answered lately. A channel has one connection at a time; each
/// new one has a number, because behind it may be a member that was restored from a backup in the meantime.
/// </summary>
internal sealed class EtcdEndpoint : IDisposable
{
    /// <summary>
    /// The answer of a list has at most this many octets; a page that is larger is asked for in parts.
    /// </summary>
    public const int MaxReceiveBytes = 16 * 1024 * 1024;

    /// <summary>What answered longer ago is asked something harmless before it is given a write.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    // A dead connection is noticed within four seconds. etcd counts pings that come more often than every five seconds
    // as strikes, but forgets them whenever it sends something, and the watch has it send something every two.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(2);

    private readonly EtcdTls? _tls;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private GrpcChannel _channel;
    private volatile EtcdClients _clients;
    private bool _isDisposed;
    private int _connections;
    private int _verified = -1;
    private long _answered = long.MinValue / 2; // never
    private long _opened;

    public EtcdEndpoint(string name, EtcdTls? tls, TimeProvider time)
    {
        (Name, _tls, _time) = (name, tls, time);
        (_channel, _clients) = Open();
    }

    /// <summary>Host and port, as they were given.</summary>
    public string Name { get; }

    public EtcdClients Clients => _clients;

    /// <summary>Number of the newest connection.</summary>
    public int Connection => Volatile.Read(ref _connections);

    /// <summary>Whether this connection is known to lead to the right cluster, and answered within seconds.</summary>
    public bool IsFresh => Volatile.Read(ref _verified) == Connection
        && _time.GetElapsedTime(Volatile.Read(ref _answered)) < Freshness;

    /// <summary>Notes that a member of the right cluster has answered over a connection.</summary>
    public void Verify(int connection)
    {
        Volatile.Write(ref _answered, _time.GetTimestamp());
        Volatile.Write(ref _verified, connection);
    }

    /// <summary>Notes that it has answered.</summary>
    public void Touch() => Volatile.Write(ref _answered, _time.GetTimestamp());

    /// <summary>
    /// Drops the connection after a call had no answer in time, unless others had one lately: a member may be slow.
    /// </summary>
    public void ResetIfSilent()
    {
        // Many calls may give up at once, and the first has made a new channel.
        if (_time.GetElapsedTime(Volatile.Read(ref _answered)) > PingDelay + PingLimit
            && _time.GetElapsedTime(Volatile.Read(ref _opened)) > ConnectLimit)
            Reset();
    }

    /// <summary>
    /// Drops a connection of which nobody knows whether it still leads anywhere; what is under way over it fails.
    /// </summary>
    public void Reset()
    {
        GrpcChannel old;
        lock (_gate)
        {
            if (_isDisposed)
                return;
            old = _channel;
            (_channel, _clients) = Open();
        }

        old.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _channel.Dispose();
        }
    }

    // TLS is ours, so that certificates are read anew for every connection; the handler is asked for plain HTTP/2.
    private (GrpcChannel, EtcdClients) Open()
    {
        var channel = GrpcChannel.ForAddress($"http://{Name}", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                KeepAlivePingDelay = PingDelay,
                KeepAlivePingTimeout = PingLimit,
                // etcd refuses pings while no call is under way.
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
                ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, cancellationToken),
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxReceiveBytes,
        });
        Volatile.Write(ref _opened, _time.GetTimestamp());
        return (channel, new EtcdClients(channel));
    }

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint place, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ConnectLimit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(place, linked.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (_tls is not null)
                stream = await _tls.SecureAsync(stream, place.Host, linked.Token);
            Interlocked.Increment(ref _connections);
            return stream;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // A TimeoutException is told apart from a call that its caller gave up: nothing was sent.
            socket.Dispose();
            throw new TimeoutException($"no connection within {ConnectLimit.TotalSeconds} s");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
