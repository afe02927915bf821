using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Meridian.Addresses;
using Meridian.Dns.Answering;

namespace Meridian.Dns.Sockets;

/// <summary>Accepts TCP connections, up to the limits, and owns their tasks.</summary>
internal sealed class TcpQueryListener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Responder _responder;
    private readonly ZoneHolder _zones;
    private readonly DnsServerOptions _options;
    private readonly TlsCertificate? _certificate;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<object, Task> _connections = [];
    private readonly ConnectionPlaces _places;
    private Task _accepting = Task.CompletedTask;

    public TcpQueryListener(IPEndPoint endPoint, Responder responder, ZoneHolder zones, DnsServerOptions options,
        TlsCertificate? certificate, ConnectionPlaces places, TimeProvider time)
    {
        _places = places;
        _certificate = certificate;
        Counters = new DnsCounters(certificate is null ? Transport.Tcp : Transport.Tls);
        _responder = responder;
        _zones = zones;
        _options = options;
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

    public DnsCounters Counters { get; }

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
                var isCrowded = !Descriptors.HasRoomFor(socket, DescriptorUse.Dns);
                if (_places.TryTake(client, socket.Dispose, isCrowded) is { } place)
                    Serve(socket, client, place, cancellationToken);
                else
                    socket.Dispose();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client gave up, or file descriptors ran out. Waiting a moment avoids a busy loop.
                await Task.Delay(TimeSpan.FromMilliseconds(10), _time, CancellationToken.None);
            }
        }
    }

    private void Serve(Socket socket, IPAddress client, ConnectionPlace place, CancellationToken cancellationToken)
    {
        var id = new object();

        // Registered before it runs, so that its own removal cannot come first.
        var started = new TaskCompletionSource();
        _connections[id] = RunAsync();
        started.SetResult();

        async Task RunAsync()
        {
            await started.Task.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                socket.NoDelay = true;
                if (await OpenAsync(new NetworkStream(socket, ownsSocket: true), cancellationToken) is { } stream)
                {
                    using var connection = new TcpQueryConnection(stream, client, _responder, _zones, _options,
                        Counters, _time);
                    await connection.RunAsync(cancellationToken);
                }
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
            {
                // The client closed before the connection began, or its place went to another client.
                socket.Dispose();
            }
            finally
            {
                _connections.TryRemove(id, out _);
                place.Dispose();
            }
        }
    }

    // RFC 7858 section 3.1: TLS begins at once, with ALPN dot. A client that does not complete the handshake is closed.
    private async Task<Stream?> OpenAsync(NetworkStream network, CancellationToken cancellationToken)
    {
        if (_certificate is null)
            return network;
        var tls = new SslStream(network);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Tcp.IdleTimeout);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _certificate.Current,
                ApplicationProtocols = [new SslApplicationProtocol("dot")],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            }, limit.Token);
            return tls;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or AuthenticationException
            or SocketException or ObjectDisposedException)
        {
            await tls.DisposeAsync();
            return null;
        }
    }
}
