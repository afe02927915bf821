using System.Net;

namespace Meridian.Tunnel.Gateways;

/// <summary>An HTTP/2 client on one connection that exists already, and that is never replaced.</summary>
internal sealed class SessionClient : IAsyncDisposable
{
    /// <summary>
    /// Time between pings, and for the answer to one: a dead connection is noticed within the sum of both.
    /// </summary>
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(5);

    /// <summary>Octets that the agent may send on one stream at first; grows up to 16 MiB with the line.</summary>
    private const int InitialWindow = 1 << 20;

    private readonly SessionStream _stream;
    private readonly HttpMessageInvoker _invoker;
    private readonly Action _ending;
    private int _dials;

    /// <param name="stream">The connection.</param>
    /// <param name="ending">Called when the client wants another connection: this one takes no more requests.</param>
    public SessionClient(Stream stream, Action ending)
    {
        (_stream, _ending) = (new SessionStream(stream), ending);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => DialAsync(),
            EnableMultipleHttp2Connections = false,
            InitialHttp2StreamWindowSize = InitialWindow,
            KeepAlivePingDelay = Ping,
            KeepAlivePingTimeout = Ping,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Sends a request whose body is written while the answer is read.</summary>
    /// <exception cref="HttpRequestException">The connection takes no more requests, or breaks.</exception>
    public Task<HttpResponseMessage> SendAsync(string path, HttpContent content, CancellationToken cancellationToken)
    {
        // Always the same authority: another one would be another connection.
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://agent{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        return _invoker.SendAsync(request, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        return _stream.DisposeAsync();
    }

    private ValueTask<Stream> DialAsync()
    {
        if (Interlocked.Increment(ref _dials) == 1)
            return ValueTask.FromResult<Stream>(_stream);
        _ending();
        throw new SessionGoneException();
    }
}
