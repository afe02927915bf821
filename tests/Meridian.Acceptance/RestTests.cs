using System.Net;
using System.Net.Sockets;
using Meridian.Acceptance.Support;
using Meridian.Dns.Wire;

namespace Meridian.Acceptance;

/// <summary>
/// A node costs nothing when nothing is asked of it, whatever was sent to it before, and when it cannot accept anything
/// more.
/// </summary>
[Collection(Alone.Name)]
public sealed class RestTests : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    private readonly TestFolder _folder = new();
    private readonly List<Socket> _connections = [];
    private readonly (string Name, int Port)[] _ports =
    [
        .. ((string[])["--dns-tls", "--dns-https", "--gateway", "--gateway-tls", "--tunnel"])
            .Select(name => (name, Ports.Free())),
    ];

    private IEnumerable<int> PortsOf(TestNode node) =>
        [node.DnsPort, node.ManagementPort, .. _ports.Select(p => p.Port)];

    [Fact]
    public async Task A_node_is_at_rest_after_hostile_messages_over_every_transport()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processor time is read from /proc");
        await using var node = await StartAsync(new TestNode(TestNode.Zone));
        await UntilAtRestAsync(node);
        var open = Sockets(node);

        using var udp = new UdpClient();
        udp.Connect(IPAddress.Loopback, node.DnsPort);
        foreach (var message in Messages())
            await udp.SendAsync(message);
        await UntilAtRestAsync(node);

        foreach (var port in PortsOf(node))
        {
            foreach (var octets in Beginnings())
            {
                var socket = await ConnectAsync(port);
                await socket.SendAsync(octets);
            }
        }

        await UntilAtRestAsync(node);
        CloseAll();
        await Wait.UntilAsync(() => Sockets(node) <= open, () => $"{open} before, {Sockets(node)} now");
        await UntilAtRestAsync(node);
        Assert.Equal(["10.0.0.80"], (await node.AskAsync("www.example.org")).Addresses);
    }

    [Fact]
    public async Task However_many_connect_a_node_keeps_descriptors_rests_and_answers_at_every_other_door()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processor time is read from /proc");
        const int limit = 700;
        await using var node = await StartAsync(new TestNode(TestNode.Zone) { Descriptors = limit });
        var gateway = _ports.Single(p => p.Name == "--gateway").Port;
        for (var i = 0; i < limit; i++)
            await ConnectAsync(gateway);
        await UntilAtRestAsync(node);
        Assert.InRange(node.OpenDescriptors.Length, limit / 2, limit * 4 / 5);
        await node.UntilAnswerAsync("www.example.org", "10.0.0.80");
        Assert.True((await node.StatusAsync()).Ready);

        foreach (var port in PortsOf(node))
        {
            for (var i = 0; i < limit; i++)
                await ConnectAsync(port);
        }

        await UntilAtRestAsync(node);
        await node.UntilAnswerAsync("www.example.org", "10.0.0.80");
        Assert.InRange(node.OpenDescriptors.Length, limit / 2, limit);

        CloseAll();
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Ready, () => node.Log);
        await using var stream = new NetworkStream(await ConnectAsync(gateway));
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n"u8.ToArray());
        Assert.True(await stream.ReadAsync(new byte[100]).AsTask().WithinAsync(20) > 0);
    }

    [Fact]
    public async Task Too_few_descriptors_get_a_sentence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits are read from /proc");
        var run = await Run.ProgramAsync("bash", "-c", "ulimit -n 64; exec \"$@\"", "bash", "dotnet",
            MeridianProgram.Library, "serve", "--config", _folder.Write("zone.yaml", TestNode.Zone),
            "--state", _folder.File("state"), "--dns", "127.0.0.1:0", "--management", "127.0.0.1:0");
        Assert.Equal(3, run.ExitCode);
        Assert.Equal("meridian: only 64 files and sockets may be open here at a time, and a node needs 512 at least: "
            + "raise the limit (ulimit -n, LimitNOFILE=)\n", run.Error);
    }

    public void Dispose()
    {
        CloseAll();
        _folder.Dispose();
    }

    private async Task<TestNode> StartAsync(TestNode node)
    {
        using var certificate = TestCertificate.Create("ns.example.net");
        var pem = _folder.Write("cert.pem", certificate.Pem());
        await node.StartAsync(more: ["--dns-cert", pem, "--dns-key", pem, "--gateway-cert", pem,
            .. _ports.SelectMany(p => (string[])[p.Name, $"127.0.0.1:{p.Port}"])]);
        foreach (var port in PortsOf(node))
            await Wait.UntilAsync(() => ListensAsync(port), () => $"nobody listens at {port}\n{node.Log}");
        return node;
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int Sockets(TestNode node) =>
        node.OpenDescriptors.Count(d => d.StartsWith("socket:", StringComparison.Ordinal));

    // What is not asked of anybody, and what takes longer than a look-up.
    private static IEnumerable<byte[]> Messages()
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
        yield return [0, 1];
        yield return [];
        yield return [.. Enumerable.Repeat((byte)0xFF, 4096)];
    }

    // How connections begin that say nothing, too little, or what nobody understands.
    private static IEnumerable<byte[]> Beginnings() =>
    [
        [], [0], [0, 0], [0xFF, 0xFF, 0], [0x16, 3, 1, 2, 0], [0x16, 3, 1, 0, 1, 1],
        [.. Enumerable.Repeat((byte)0xFF, 4096)],
        .. "GET / HTTP/1.1\r\nHost: x\r\n|\r\n\r\n|PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nwhatever this is|PRI * HT"
            .Split('|').Select(System.Text.Encoding.ASCII.GetBytes),
        .. Messages().Select(m => (byte[])[(byte)(m.Length >> 8), (byte)m.Length, .. m]),
    ];

    // Once a node has settled it uses no more than 3 % of a core.
    private static async Task UntilAtRestAsync(TestNode node)
    {
        var used = 0.0;
        await Wait.UntilAsync(async () =>
        {
            var before = node.ProcessorSeconds;
            await Task.Delay(Window);
            used = node.ProcessorSeconds - before;
            return used <= 0.03 * Window.TotalSeconds;
        }, () => $"{used} s of {Window.TotalSeconds} s, {node.OpenDescriptors.Length} descriptors\n{node.Log}", 60);
    }

    private async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _connections.Add(socket);
        await socket.ConnectAsync(IPAddress.Loopback, port).WithinAsync(20);
        return socket;
    }

    private void CloseAll()
    {
        _connections.ForEach(c => c.Dispose());
        _connections.Clear();
    }
}
