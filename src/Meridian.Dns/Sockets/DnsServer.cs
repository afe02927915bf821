using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using Meridian.Addresses;
using Meridian.Dns.Answering;

namespace Meridian.Dns.Sockets;

/// <summary>Listens for queries over UDP and TCP on one or more addresses until it is disposed.</summary>
public sealed class DnsServer : IAsyncDisposable
{
    private readonly ImmutableArray<UdpListener> _udp;
    private readonly ImmutableArray<TcpQueryListener> _tcp;
    private readonly DeferredQueue? _deferred;

    private DnsServer(ImmutableArray<UdpListener> udp, ImmutableArray<TcpQueryListener> tcp, DeferredQueue? deferred)
    {
        _deferred = deferred;
        _udp = udp;
        _tcp = tcp;
    }

    /// <summary>The addresses that queries are received at.</summary>
    public ImmutableArray<IPEndPoint> EndPoints => [.. _udp.Select(u => u.LocalEndPoint).Distinct()];

    /// <summary>The addresses that queries over TLS are received at.</summary>
    public ImmutableArray<IPEndPoint> TlsEndPoints =>
        [.. _tcp.Where(t => t.Counters.Transport == Transport.Tls).Select(t => t.LocalEndPoint)];

    public IEnumerable<DnsCounters> Counters => [.. _udp.SelectMany(u => u.Counters), .. _tcp.Select(t => t.Counters)];

    /// <summary>Open TCP connections.</summary>
    public int TcpConnections => _tcp.Sum(t => t.ConnectionCount);

    /// <summary>
    /// Binds and starts. Port 0 takes a free port, the same for UDP and TCP. An unspecified address stands for every
    /// address that the machine has now, so that each answer leaves from the address that the query went to (RFC 2181
    /// section 4).
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">An address cannot be bound.</exception>
    public static DnsServer Start(
        IEnumerable<IPEndPoint> endPoints, Responder responder, ZoneHolder zones, DnsServerOptions options,
        TimeProvider time)
    {
        var deferred = options.Messages is null ? null : new DeferredQueue(options.Messages);
        var service = new UdpService(responder, zones, deferred, options, time);
        var places = new ConnectionPlaces(options.Tcp.MaxConnectionsPerClient, options.Tcp.MaxConnections);
        var udp = ImmutableArray.CreateBuilder<UdpListener>();
        var tcp = ImmutableArray.CreateBuilder<TcpQueryListener>();
        try
        {
            foreach (var endPoint in endPoints.SelectMany(Expand).Distinct())
            {
                var listener = new TcpQueryListener(endPoint, responder, zones, options, null, places, time);
                tcp.Add(listener);
                udp.Add(new UdpListener(listener.LocalEndPoint, service, options.Udp));
            }

            foreach (var endPoint in options.Tls.SelectMany(Expand).Distinct())
                tcp.Add(new TcpQueryListener(endPoint, responder, zones, options, options.Certificate, places, time));
        }
        catch
        {
            foreach (var listener in udp)
                listener.Dispose();
            foreach (var listener in tcp)
                listener.Close();
            throw;
        }

        foreach (var listener in udp)
            listener.Start();
        foreach (var listener in tcp)
            listener.Start();
        return new DnsServer(udp.ToImmutable(), tcp.ToImmutable(), deferred);
    }

    /// <summary>Datagrams that needed more than a lookup and were dropped because the queue was full.</summary>
    public long DroppedDeferred => _deferred?.Dropped ?? 0;

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _udp)
            listener.Dispose();
        foreach (var listener in _tcp)
            await listener.DisposeAsync();
        if (_deferred is not null)
            await _deferred.DisposeAsync();
    }

    private static IEnumerable<IPEndPoint> Expand(IPEndPoint endPoint)
    {
        if (!endPoint.Address.Equals(IPAddress.Any) && !endPoint.Address.Equals(IPAddress.IPv6Any))
            return [endPoint];
        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up
                || i.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Where(a => a.Address.AddressFamily == endPoint.AddressFamily && !a.Address.IsIPv6LinkLocal)
            .Select(a => new IPEndPoint(a.Address, endPoint.Port));
    }
}
