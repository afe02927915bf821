using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;
using Meridian.Dns.Serving;
using Meridian.Dns.Sockets;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Dns.Tests.Sockets;

public sealed class DnsServerTests
{
    private static CancellationToken Soon => TestTime.Token(10);

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", false)]
    [InlineData("::1", true)]
    public async Task Answers_over_UDP_and_TCP(string address, bool portable)
    {
        Assert.SkipUnless(CanBind(address), $"this machine has no {address}");
        await using var server = Start(address, portable: portable);
        var query = new QueryBuilder("www.example.org", RecordType.A).Build();

        using var udp = new UdpClient(server.EndPoints[0].AddressFamily);
        await udp.SendAsync(query, server.EndPoints[0], Soon);
        var overUdp = await udp.ReceiveAsync(Soon);
        using var tcp = new TcpClient(server.EndPoints[0].AddressFamily);
        await tcp.ConnectAsync(server.EndPoints[0], Soon);
        await tcp.GetStream().WriteAsync(Framed(query), Soon);

        Assert.Equal(2, Reply.Parse(overUdp.Buffer).Answer.Count);
        Assert.Equal(2, Reply.Parse(await ReadFrameAsync(tcp.GetStream())).Answer.Count);
        Assert.Equal(1, server.Counters.Where(c => c.Transport == Transport.Udp).Sum(c => c.Queries));
    }

    [Fact]
    public async Task Answers_many_queries_on_one_connection_however_they_are_cut()
    {
        await using var server = Start("127.0.0.1");
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.EndPoints[0], Soon);
        byte[] all = [.. Enumerable.Range(0, 500)
            .SelectMany(i => Framed(new QueryBuilder("www.example.org", RecordType.A) { Id = (ushort)i }.Build()))];

        var sending = Task.Run(async () =>
        {
            foreach (var piece in all.Chunk(777))
                await tcp.GetStream().WriteAsync(piece, Soon);
        });
        for (var i = 0; i < 500; i++)
            Assert.Equal(i, Reply.Parse(await ReadFrameAsync(tcp.GetStream())).Id);
        await sending;
    }

    [Fact]
    public async Task Closes_a_connection_that_is_idle_and_keeps_serving_others()
    {
        await using var server = Start("127.0.0.1", new TcpLimits { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var idle = new TcpClient();
        await idle.ConnectAsync(server.EndPoints[0], Soon);
        await idle.GetStream().WriteAsync(new byte[] { 0 }, Soon);

        Assert.Equal(0, await idle.GetStream().ReadAsync(new byte[1], Soon));
        using var other = new TcpClient();
        await other.ConnectAsync(server.EndPoints[0], Soon);
        await other.GetStream().WriteAsync(Framed(new QueryBuilder("www.example.org", RecordType.A).Build()), Soon);
        Assert.Equal(2, Reply.Parse(await ReadFrameAsync(other.GetStream())).Answer.Count);
    }

    [Fact]
    public async Task Limits_the_connections_of_one_client()
    {
        await using var server = Start("127.0.0.1", new TcpLimits { MaxConnectionsPerClient = 2 });
        var clients = new List<TcpClient>();
        for (var i = 0; i < 3; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(server.EndPoints[0], Soon);
            clients.Add(client);
        }

        Assert.Equal(0, await clients[2].GetStream().ReadAsync(new byte[1], Soon));
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task A_client_that_comes_when_all_connections_are_taken_gets_one_of_the_client_that_has_most()
    {
        await using var server = Start("127.0.0.1", new TcpLimits { MaxConnections = 4 });
        using var first = await ConnectFromAsync("127.0.0.2", server);
        using var second = await ConnectFromAsync("127.0.0.2", server);
        using var third = await ConnectFromAsync("127.0.0.2", server);
        using var fourth = await ConnectFromAsync("127.0.0.3", server);

        using var newcomer = await ConnectFromAsync("127.0.0.4", server);
        await AssertClosedAsync(first);
        foreach (var kept in (TcpClient[])[second, third, fourth, newcomer])
        {
            await kept.GetStream().WriteAsync(Framed(new QueryBuilder("www.example.org", RecordType.A).Build()), Soon);
            Assert.Equal(2, Reply.Parse(await ReadFrameAsync(kept.GetStream())).Answer.Count);
        }
    }

    [Fact]
    public async Task A_query_that_drips_in_is_not_waited_for_longer_than_the_idle_time()
    {
        var time = new FakeTimeProvider();
        await using var server = Start("127.0.0.1", time: time);
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(server.EndPoints[0], Soon);
        var query = Framed(new QueryBuilder("www.example.org", RecordType.A).Build());
        await tcp.GetStream().WriteAsync(query, Soon);
        Assert.Equal(2, Reply.Parse(await ReadFrameAsync(tcp.GetStream())).Answer.Count);

        try
        {
            foreach (var octet in query[..10])
            {
                await tcp.GetStream().WriteAsync(new[] { octet }, Soon);
                time.Advance(TimeSpan.FromSeconds(6));
            }
        }
        catch (IOException)
        {
            // Closed while it still sent.
        }

        await AssertClosedAsync(tcp);
    }

    [Fact]
    public async Task Tells_the_idle_time_to_those_who_ask()
    {
        await using var server = Start("127.0.0.1");
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.EndPoints[0], Soon);
        await tcp.GetStream().WriteAsync(Framed(new QueryBuilder("www.example.org", RecordType.A).Option(11).Build()),
            Soon);

        Assert.Equal([0, 100], Reply.Parse(await ReadFrameAsync(tcp.GetStream())).Options[11]);
        Assert.False(Asking.Ask(new QueryBuilder("www.example.org", RecordType.A).Option(11)).Options.ContainsKey(11));
    }

    [Fact]
    public async Task Answers_a_look_up_while_a_slow_query_waits()
    {
        var zones = new ZoneHolder
        {
            Current = new ZoneSet(
            [TestZones.Build("example.org", TestZones.Example,
                policy: new ZonePolicy { Update = [new AccessRule(null, [])] })])
        };
        var responder = new Responder(new ResponderOptions { DefersSlowMessages = true });
        var changes = new SlowChanges();
        using var messages = new MessageService(responder, zones, changes, TimeProvider.System, _ => { });
        await using var server = DnsServer.Start([new IPEndPoint(IPAddress.Loopback, 0)], responder, zones,
            new DnsServerOptions { Messages = messages }, TimeProvider.System);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.EndPoints[0], Soon);

        // An update of the zone that nobody confirms yet, then a question behind it on the same connection.
        byte[] update = [0, 1, 0x28, 0, 0, 1, 0, 0, 0, 1, 0, 0, .. DnsName.Parse("example.org").Wire, 0, 6, 0, 1,
            .. DnsName.Parse("new.example.org").Wire, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1];
        await tcp.GetStream().WriteAsync((byte[])[.. Framed(update),
            .. Framed(new QueryBuilder("www.example.org", RecordType.A) { Id = 2 }.Build())], Soon);
        Assert.Equal(2, Reply.Parse(await ReadFrameAsync(tcp.GetStream())).Id);

        changes.Confirm.SetResult(true);
        var answer = await ReadFrameAsync(tcp.GetStream());
        Assert.Equal((1, 0), ((answer[0] << 8) | answer[1], answer[3] & 0xF));
    }

    [Fact]
    public async Task An_idle_connection_costs_under_ten_KiB()
    {
        const int Count = 1000;
        await using var server = Start("127.0.0.1",
            new TcpLimits { MaxConnectionsPerClient = Count + 10, IdleTimeout = TimeSpan.FromMinutes(5) });
        var clients = new List<Socket>();
        try
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            for (var i = 0; i < Count; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                clients.Add(socket);
                await socket.ConnectAsync(server.EndPoints[0], Soon);
            }

            using var last = new TcpClient();
            await last.ConnectAsync(server.EndPoints[0], Soon);
            await last.GetStream().WriteAsync(Framed(new QueryBuilder("www.example.org", RecordType.A).Build()), Soon);
            Assert.Equal(2, Reply.Parse(await ReadFrameAsync(last.GetStream())).Answer.Count);
            Assert.True(server.TcpConnections > Count);

            // Both ends of each connection live in this process, and other tests run beside this one.
            Assert.InRange((GC.GetTotalMemory(forceFullCollection: true) - before) / Count, 0, 10 * 1024);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task Stops_cleanly_while_clients_are_connected()
    {
        var server = Start("127.0.0.1");
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.EndPoints[0], Soon);

        await server.DisposeAsync().AsTask().WithinAsync(5);
    }

    private sealed class SlowChanges : IZoneChanges
    {
        public TaskCompletionSource<bool> Confirm { get; } = new();

        public void Notified(AuthoritativeZone zone, IPAddress primary) => Assert.Fail("nobody notifies here");

        public async ValueTask<bool> ApplyAsync(AuthoritativeZone zone, Func<AuthoritativeZone, ZoneUpdate?> evaluate,
            CancellationToken cancellationToken) =>
            evaluate(zone) is null || await Confirm.Task.WaitAsync(cancellationToken);
    }

    private static async Task AssertClosedAsync(TcpClient client)
    {
        try
        {
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Soon));
        }
        catch (IOException)
        {
            // Reset.
        }
    }

    private static async Task<TcpClient> ConnectFromAsync(string address, DnsServer server)
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(address), 0));
        await client.ConnectAsync(server.EndPoints[0], Soon);
        return client;
    }

    private static DnsServer Start(string address, TcpLimits? limits = null, bool portable = false,
        TimeProvider? time = null)
    {
        var zones = new ZoneHolder { Current = TestZones.ExampleSet };
        return DnsServer.Start([new IPEndPoint(IPAddress.Parse(address), 0)], new Responder(new ResponderOptions()),
            zones,
            new DnsServerOptions { Udp = new UdpOptions { Portable = portable }, Tcp = limits ?? new TcpLimits() },
            time ?? TimeProvider.System);
    }

    private static bool CanBind(string address)
    {
        try
        {
            using var socket = new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static byte[] Framed(byte[] query) => [(byte)(query.Length >> 8), (byte)query.Length, .. query];

    private static async Task<byte[]> ReadFrameAsync(NetworkStream stream)
    {
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, Soon);
        var frame = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(frame, Soon);
        return frame;
    }
}
