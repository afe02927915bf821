using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Meridian.Dns.Wire;

namespace Meridian.Acceptance.Support;

/// <summary>Connections to loopback that are held, and what is sent over them that nobody asked for.</summary>
internal sealed class HostileClient : IDisposable
{
    private readonly List<IDisposable> _connections = [];

    /// <summary>How many connections were made and not closed.</summary>
    public int Held => _connections.Count;

    /// <summary>What is not asked of anybody, and what takes longer than a look-up: NOTIFY, UPDATE, IXFR, AXFR, with
    /// and without a signature.</summary>
    public static IEnumerable<byte[]> Messages()
    {
        byte[] zone = [.. DnsName.Parse("example.org").Wire, 0, 6, 0, 1];
        byte[] key = [.. DnsName.Parse("nobody").Wire, 0, 250, 0, 255, 0, 0, 0, 0, 0, 0];
        foreach (var operation in (byte[])[0, 0x20, 0x28, 0x78])
        {
            yield return [0, 1, operation, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. zone];
            yield return [0, 1, operation, 0, 0, 1, 0, 0, 0, 0, 0, 1, .. zone, .. key];
        }

        yield return [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Parse("example.org").Wire, 0, 251, 0, 1]; // IXFR
        yield return [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Parse("example.org").Wire, 0, 252, 0, 1]; // AXFR
        yield return [0, 1, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. zone];
    }

    /// <summary>Datagrams that are no messages.</summary>
    public static IEnumerable<byte[]> Garbage()
    {
        var random = new Random(1);
        yield return [];
        yield return [0, 1];
        yield return [.. Enumerable.Repeat((byte)0xFF, 4096)];
        for (var i = 0; i < 200; i++)
        {
            var octets = new byte[random.Next(1500)];
            random.NextBytes(octets);
            yield return octets;
        }
    }

    /// <summary>Messages as a stream carries them.</summary>
    public static IEnumerable<byte[]> InStream() =>
        Messages().Select(m => (byte[])[(byte)(m.Length >> 8), (byte)m.Length, .. m]);

    /// <summary>How requests begin that never end.</summary>
    public static IEnumerable<byte[]> HalfRequests() =>
    [
        [0], [0, 40, 1],
        .. ((string[])["G", "GET / HTTP/1.1\r\nHost: x\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFF\r\n", "PRI * HT"])
            .Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>How TLS does not begin.</summary>
    public static IEnumerable<byte[]> BadRecords() =>
    [
        [0x16], [0x16, 3, 1, 2, 0], [0x16, 3, 1, 0, 1, 1], [0x15, 3, 3, 0, 2, 2, 40], [0x17, 3, 3, 0xFF, 0xFF, 0],
        [0x80, 0x2E, 1, 3, 1], [.. Enumerable.Repeat((byte)0xFF, 4096)],
    ];

    /// <summary>HTTP/2 that is none after its preface: a frame without an end, of no kind, in no order.</summary>
    public static IEnumerable<byte[]> BadFrames()
    {
        var preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
        foreach (var frame in (byte[][])
        [
            [], [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1], [0, 0, 0, 99, 0, 0, 0, 0, 0],
            [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 5, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5], [0, 0, 3, 1, 5, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF],
            [.. "whatever this is"u8],
        ])
            yield return [.. preface, .. frame];
    }

    public async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _connections.Add(socket);
        await socket.ConnectAsync(IPAddress.Loopback, port).WithinAsync(20);
        return socket;
    }

    /// <summary>Sends these, each over a connection of its own.</summary>
    public async Task SendAsync(int port, IEnumerable<byte[]> beginnings)
    {
        foreach (var octets in beginnings)
            await (await ConnectAsync(port)).SendAsync(octets);
    }

    /// <summary>Sends these behind a handshake, each over a connection of its own.</summary>
    public async Task SendOverTlsAsync(int port, string protocol, IEnumerable<byte[]> beginnings)
    {
        foreach (var octets in beginnings)
        {
            var stream = new SslStream(new NetworkStream(await ConnectAsync(port)));
            _connections.Add(stream);
            try
            {
                await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = "ns.example.net",
                    ApplicationProtocols = protocol == "" ? null : [new SslApplicationProtocol(protocol)],
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                }, TestTime.Token(20));
                await stream.WriteAsync(octets);
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                // It is refused, which is as good.
            }
        }
    }

    public static async Task SendDatagramsAsync(int port, IEnumerable<byte[]> datagrams)
    {
        using var udp = new UdpClient();
        udp.Connect(IPAddress.Loopback, port);
        foreach (var datagram in datagrams)
            await udp.SendAsync(datagram);
    }

    public void CloseAll()
    {
        _connections.ForEach(c => c.Dispose());
        _connections.Clear();
    }

    public void Dispose() => CloseAll();
}
