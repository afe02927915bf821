using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Sockets.Linux;

namespace Meridian.Dns.Sockets;

/// <summary>
/// Answers queries over UDP on one address, with one thread for each core. On Linux each thread has a socket of its own
/// and the kernel spreads the clients over them (SO_REUSEPORT); elsewhere the threads share one socket.
/// </summary>
internal sealed class UdpListener : IDisposable
{
    private const int SocketBuffer = 4 * 1024 * 1024;
    private const int MaxThreads = 64;

    /// <summary>How long a loop waits, or waits for a datagram, after a call that failed.</summary>
    public static readonly TimeSpan AfterFault = TimeSpan.FromMilliseconds(20);

    // Milliseconds that a loop may stay in a call after it was told to stop.
    private const int ReceiveTimeout = 250;

    // SOL_SOCKET and SO_REUSEPORT of Linux; .NET's own option means something else.
    private const int LinuxSocketLevel = 1;
    private const int LinuxReusePort = 15;

    private readonly ImmutableArray<Socket> _sockets;
    private readonly ImmutableArray<Thread> _threads;
    private readonly UdpService _service;

    public UdpListener(IPEndPoint endPoint, UdpService service, UdpOptions options)
    {
        _service = service;
        var threads = Math.Clamp(options.Threads ?? Environment.ProcessorCount, 1, MaxThreads);
        var batched = OperatingSystem.IsLinux() && !options.Portable;
        _sockets = Open(endPoint, batched ? threads : 1, batched);
        LocalEndPoint = (IPEndPoint)_sockets[0].LocalEndPoint!;
        Counters = [.. Enumerable.Range(0, threads).Select(_ => new DnsCounters(Answering.Transport.Udp))];
        _threads =
        [
            .. Counters.Select((counters, i) => new Thread(batched
                ? new UdpBatchLoop(_sockets[i], service, counters).Run
                : new UdpLoop(_sockets[0], service, counters).Run) { IsBackground = true, Name = $"dns-udp-{i}" }),
        ];
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>One for each thread.</summary>
    public ImmutableArray<DnsCounters> Counters { get; }

    public void Start()
    {
        foreach (var thread in _threads)
            thread.Start();
    }

    public void Dispose()
    {
        _service.Stop();
        foreach (var socket in _sockets)
            socket.Dispose();
        foreach (var thread in _threads.Where(t => t.IsAlive))
            thread.Join();
    }

    private static ImmutableArray<Socket> Open(IPEndPoint endPoint, int count, bool shared)
    {
        var sockets = ImmutableArray.CreateBuilder<Socket>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                sockets.Add(socket);
                if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                    socket.DualMode = false;
                if (shared)
                    socket.SetRawSocketOption(LinuxSocketLevel, LinuxReusePort, BitConverter.GetBytes(1));
                socket.ReceiveBufferSize = SocketBuffer;
                socket.SendBufferSize = SocketBuffer;
                socket.ReceiveTimeout = ReceiveTimeout;
                socket.Bind(i == 0 ? endPoint : sockets[0].LocalEndPoint!);
            }
        }
        catch
        {
            foreach (var socket in sockets)
                socket.Dispose();
            throw;
        }

        return sockets.ToImmutable();
    }
}
