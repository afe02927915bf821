using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;
using Meridian.Dns.Serving;
using Meridian.Dns.Sockets;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Sockets;

public sealed class DeferredQueueTests : IZoneChanges
{
    private const int NonBlocking = 0x800; // O_NONBLOCK

    [Fact]
    public async Task An_answer_leaves_the_socket_blocking_so_that_the_loop_that_receives_from_it_goes_on_sleeping()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the flags of a file are read from /proc");
        byte[] update = [0, 1, 0x28, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Parse("example.org").Wire, 0, 6, 0, 1];
        using var socket = Bound();
        using var client = Bound();
        client.ReceiveTimeout = (int)TimeSpan.FromSeconds(30).TotalMilliseconds;
        using var service = new MessageService(new Responder(new ResponderOptions { DefersSlowMessages = true }),
            new ZoneHolder(), this, TimeProvider.System, _ => { });
        await using var queue = new DeferredQueue(service);

        var peer = client.LocalEndPoint!.Serialize();
        queue.Add(update, socket, peer.Buffer.Span[..peer.Size]);

        Assert.True(client.Receive(new byte[512]) > 0);
        Assert.Equal(0, FlagsOf(socket) & NonBlocking);
    }

    void IZoneChanges.Notified(AuthoritativeZone zone, IPAddress primary)
    {
    }

    ValueTask<bool> IZoneChanges.ApplyAsync(AuthoritativeZone zone, Func<AuthoritativeZone, ZoneUpdate?> evaluate,
        CancellationToken cancellationToken)
    {
        evaluate(zone);
        return ValueTask.FromResult(true);
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int FlagsOf(Socket socket)
    {
        var line = File.ReadLines($"/proc/self/fdinfo/{socket.Handle.ToString(CultureInfo.InvariantCulture)}")
            .Single(l => l.StartsWith("flags:", StringComparison.Ordinal));
        return Convert.ToInt32(line["flags:".Length..].Trim(), 8);
    }
}
