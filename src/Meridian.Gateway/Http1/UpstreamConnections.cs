using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Authentication;
using Meridian.Addresses;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Upstreams;
using Meridian.Model.Resources;

namespace Meridian.Gateway.Http1;

/// <summary>The HTTP/1.1 connections to one address: keeps the idle ones and opens new ones.</summary>
internal sealed class UpstreamConnections(UpstreamKey key, UpstreamDialer dialer, TimeProvider time) : IDisposable
{
    /// <summary>Idle connections that are kept.</summary>
    private const int MaxIdle = 256;

    /// <summary>How long one may be idle; shorter than servers commonly allow (nginx 75 s).</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A request that may not be sent twice only takes a connection that was used so recently that its server is not
    /// closing it just now.
    /// </summary>
    private static readonly TimeSpan FreshAge = TimeSpan.FromSeconds(1);

    // The last one in is the first one out, so that those that are not needed grow old and are closed.
    private readonly ConcurrentStack<UpstreamConnection> _idle = [];
    private volatile bool _disposed;

    public int IdleCount => _idle.Count;

    /// <summary>An idle connection on which nothing has come; null for none.</summary>
    /// <param name="fresh">Only one that was used a moment ago.</param>
    public UpstreamConnection? TakeIdle(bool fresh)
    {
        while (_idle.TryPop(out var connection))
        {
            if (!connection.TryTake())
                continue;

            if (time.GetElapsedTime(connection.IdleSince) < (fresh ? FreshAge : MaxAge) && connection.IsSilent)
                return connection;
            connection.Dispose();
        }

        return null;
    }

    /// <summary>Makes a new connection.</summary>
    /// <param name="bulk">Whether a large body will be sent.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="UpstreamException">It cannot be made; the address has seen nothing of a request.</exception>
    public async ValueTask<UpstreamConnection> ConnectAsync(bool bulk, CancellationToken cancellationToken)
    {
        var (socket, stream, keep) = await dialer.ConnectAsync(bulk, cancellationToken);
        if (key.Scheme != HttpScheme.Https)
            return new UpstreamConnection(socket, stream, keep);
        var below = new WatchedStream(stream, socket);
        return new UpstreamConnection(socket, await SecureAsync(below, cancellationToken), keep) { Below = below };
    }

    /// <summary>Keeps a connection for the next request.</summary>
    public void Return(UpstreamConnection connection)
    {
        if (_disposed || connection.HasMore || _idle.Count >= MaxIdle)
        {
            connection.Dispose();
            return;
        }

        connection.IdleSince = time.GetTimestamp();
        if (connection.TryRest())
            _idle.Push(connection);
        else
            connection.Dispose();
    }

    /// <summary>Closes what has been idle for too long, and forgets what has ended by itself.</summary>
    public void Trim()
    {
        if (_idle.All(IsKept))
            return;
        var all = new UpstreamConnection[_idle.Count];
        var count = _idle.TryPopRange(all);
        for (var i = count - 1; i >= 0; i--)
        {
            if (IsKept(all[i]))
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

    private bool IsKept(UpstreamConnection connection) =>
        connection.IsIdle && time.GetElapsedTime(connection.IdleSince) < MaxAge && connection.IsSilent;

    /// <summary>Makes TLS on a connection.</summary>
    /// <exception cref="UpstreamException">It cannot be made.</exception>
    private async ValueTask<SslStream> SecureAsync(WatchedStream stream, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = key.ServerName,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = (_, _, _, errors) =>
                    !key.Verify || errors == SslPolicyErrors.None,
            }, cancellationToken);
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (e is AuthenticationException or IOException)
                throw new UpstreamException(FailureKind.Connect, ErrorText.Of(e), e);
            throw;
        }
    }
}
