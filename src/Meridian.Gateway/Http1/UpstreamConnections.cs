using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Meridian.Gateway.Upstreams;
using Meridian.Model.Resources;

namespace Meridian.Gateway.Http1;

/// <summary>The HTTP/1.1 connections to one address: those that are idle, and the making of new ones.</summary>
internal sealed class UpstreamConnections(UpstreamKey key, TimeProvider time) : IDisposable
{
    /// <summary>Idle connections that are kept.</summary>
    private const int MaxIdle = 256;

    /// <summary>How long one may be idle. Shorter than what servers commonly allow (nginx 75 s).</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>A request that may not be sent twice takes no connection that its server might be closing just now.</summary>
    private static readonly TimeSpan FreshAge = TimeSpan.FromSeconds(1);

    // The last one in is the first one out, so that those that are not needed grow old.
    private readonly ConcurrentStack<UpstreamConnection> _idle = [];
    private volatile bool _disposed;

    public int IdleCount => _idle.Count;

    /// <summary>An idle connection; null for none.</summary>
    /// <param name="fresh">Only one that was used a moment ago and still stands.</param>
    public UpstreamConnection? TakeIdle(bool fresh)
    {
        while (_idle.TryPop(out var connection))
        {
            // Whoever may try again finds out by sending, which costs no call of the kernel.
            if (time.GetElapsedTime(connection.IdleSince) < (fresh ? FreshAge : MaxAge) && (!fresh || connection.IsAlive))
                return connection;
            connection.Dispose();
        }

        return null;
    }

    /// <summary>Makes a new connection.</summary>
    /// <exception cref="UpstreamException">It cannot be made; the address has seen nothing of a request.</exception>
    public async ValueTask<UpstreamConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var (socket, stream) = await OpenAsync(key, cancellationToken);
        return new UpstreamConnection(socket, stream);
    }

    /// <summary>Keeps a connection for the next request.</summary>
    public void Return(UpstreamConnection connection)
    {
        if (_disposed || connection.HasMore || _idle.Count >= MaxIdle)
        {
            connection.Dispose();
            return;
        }

        connection.Rest();
        connection.IdleSince = time.GetTimestamp();
        _idle.Push(connection);
    }

    /// <summary>Closes what has been idle for too long.</summary>
    public void Trim()
    {
        if (_idle.IsEmpty || !_idle.Any(c => time.GetElapsedTime(c.IdleSince) >= MaxAge))
            return;
        var all = new UpstreamConnection[_idle.Count];
        var count = _idle.TryPopRange(all);
        for (var i = count - 1; i >= 0; i--)
        {
            if (time.GetElapsedTime(all[i].IdleSince) < MaxAge)
                _idle.Push(all[i]);
            else
                all[i].Dispose();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryPop(out var connection))
            connection.Dispose();
    }

    /// <summary>Opens a connection as the key says, with TLS where it wants it.</summary>
    /// <exception cref="UpstreamException">It cannot be made.</exception>
    private static async ValueTask<(Socket Socket, Stream Stream)> OpenAsync(UpstreamKey key, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(key, cancellationToken);
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (key.Scheme != HttpScheme.Https)
            return (socket, stream);
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = key.ServerName,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = (_, _, _, errors) => !key.Verify || errors == SslPolicyErrors.None,
            }, cancellationToken);
            return (socket, tls);
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (e is AuthenticationException or IOException)
                throw new UpstreamException(FailureKind.Connect, $"tls: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Opens a TCP connection.</summary>
    /// <exception cref="UpstreamException">It cannot be made.</exception>
    internal static async ValueTask<Socket> ConnectAsync(UpstreamKey key, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            EndPoint endPoint = IPAddress.TryParse(key.Host, out var ip) ? new IPEndPoint(ip, key.Port) : new DnsEndPoint(key.Host, key.Port);
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException fault)
                throw new UpstreamException(FailureKind.Connect, fault.SocketErrorCode == SocketError.ConnectionRefused ? "connect: refused" : $"connect: {fault.Message}", e);
            throw;
        }
    }
}
