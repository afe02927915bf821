using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;

namespace Meridian.Dns.Sockets;

/// <summary>Answers queries over UDP, with one blocking loop a core on one socket. A loop allocates nothing per query.</summary>
internal sealed class UdpListener : IDisposable
{
    /// <summary>Larger queries are cut, and then refused as malformed.</summary>
    private const int MaxQuery = 4096;
    private const int SocketBuffer = 4 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly Responder _responder;
    private readonly ZoneHolder _zones;
    private readonly Thread[] _threads;
    private volatile bool _stopping;

    public UdpListener(IPEndPoint endPoint, Responder responder, ZoneHolder zones)
    {
        _responder = responder;
        _zones = zones;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                _socket.DualMode = false;
            _socket.ReceiveBufferSize = SocketBuffer;
            _socket.SendBufferSize = SocketBuffer;
            _socket.Bind(endPoint);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        var count = Math.Clamp(Environment.ProcessorCount, 1, 16);
        Counters = [.. Enumerable.Range(0, count).Select(_ => new DnsCounters(Transport.Udp))];
        _threads = [.. Counters.Select((counters, i) => new Thread(() => Run(counters)) { IsBackground = true, Name = $"dns-udp-{i}" })];
    }

    public IPEndPoint LocalEndPoint { get; }

    public DnsCounters[] Counters { get; }

    public void Start()
    {
        foreach (var thread in _threads)
            thread.Start();
    }

    public void Dispose()
    {
        _stopping = true;
        _socket.Dispose();
        foreach (var thread in _threads.Where(t => t.IsAlive))
            thread.Join();
    }

    private void Run(DnsCounters counters)
    {
        var query = GC.AllocateUninitializedArray<byte>(MaxQuery, pinned: true);
        var response = GC.AllocateUninitializedArray<byte>(ResponseLimits.MaxUdp, pinned: true);
        var sender = new SocketAddress(_socket.AddressFamily);
        var chance = new Chance((ulong)Random.Shared.NextInt64());
        while (!_stopping)
        {
            try
            {
                var length = _socket.ReceiveFrom(query, SocketFlags.None, sender);
                var requester = new Requester(AddressOf(sender), Transport.Udp, chance.Next());
                var summary = _responder.Respond(_zones.Current, query.AsSpan(0, length), response, requester);
                counters.Count(summary);
                if (summary.Length > 0)
                    _socket.SendTo(response.AsSpan(0, summary.Length), SocketFlags.None, sender);
            }
            catch (SocketException)
            {
                // An ICMP error of an earlier answer, or a full send buffer: the client asks again.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    // struct sockaddr_in has the address at octet 4, sockaddr_in6 at octet 8.
    private static ReadOnlySpan<byte> AddressOf(SocketAddress sender) => sender.Family == AddressFamily.InterNetwork
        ? sender.Buffer.Span.Slice(4, 4)
        : sender.Buffer.Span.Slice(8, 16);
}
