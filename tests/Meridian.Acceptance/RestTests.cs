using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Acceptance.Support;
using Meridian.Acceptance.Tunnels;

namespace Meridian.Acceptance;

/// <summary>
/// A node costs nothing when nothing is asked of it, whatever was sent to it before, and when it cannot accept anything
/// more.
/// </summary>
[Collection(Alone.Name)]
public sealed class RestTests : IDisposable
{
    // Threads that the runtime's pool may have more of than before; it lets them go after 20 s.
    private const int SpareThreads = 4;

    // What buffers of the pools and the heap may keep, in MiB. Each class alone would take more if nothing were given
    // back.
    private const double SpareMegabytes = 100;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly TestFolder _folder = new();
    private readonly HostileClient _hostile = new();
    private readonly (string Name, int Port)[] _ports =
    [
        .. ((string[])["--dns-tls", "--dns-https", "--gateway", "--gateway-tls", "--tunnel"])
            .Select(name => (name, Ports.Free())),
    ];

    private IEnumerable<int> PortsOf(TestNode node) =>
        [node.DnsPort, node.ManagementPort, .. _ports.Select(p => p.Port)];

    // Each class of input is looked at by itself: its effect is not hidden by that of another one.
    [Fact]
    public async Task Whatever_is_sent_to_it_a_node_goes_back_to_the_time_descriptors_threads_and_memory_that_it_took()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what a process uses is read from /proc");
        await using var node = await StartAsync(new TestNode(TestNode.Zone));
        await UntilAtRestAsync(node, "nothing");
        var resident = node.ResidentMegabytes;
        foreach (var (name, act) in HostileInputs(node))
        {
            var (sockets, threads) = (Sockets(node), node.Threads);
            var state = () => $"{name}: {sockets} sockets and {threads} threads before, {_hostile.Held} connections "
                + $"held; {Sockets(node)} sockets and {node.Threads} threads now\n{node.Log}";
            await act();
            await UntilAtRestAsync(node, $"{name}, connections held");
            await Wait.UntilAsync(() => Sockets(node) <= sockets + _hostile.Held
                && node.Threads <= threads + SpareThreads, state, 60);

            _hostile.CloseAll();
            await Wait.UntilAsync(() => Sockets(node) <= sockets && node.Threads <= threads + SpareThreads, state, 60);
            await UntilAtRestAsync(node, $"{name}, connections closed");
            Assert.Equal(["10.0.0.80"], (await node.AskAsync("www.example.org")).Addresses);
            Assert.InRange(node.ResidentMegabytes, 0, resident + SpareMegabytes);
        }
    }

    [Fact]
    public async Task However_many_connect_a_node_keeps_descriptors_rests_and_answers_at_every_other_door()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processor time is read from /proc");
        const int limit = 700;
        await using var node = await StartAsync(new TestNode(TestNode.Zone) { Descriptors = limit });
        var gateway = PortOf("--gateway");
        for (var i = 0; i < limit; i++)
            await _hostile.ConnectAsync(gateway);
        await UntilAtRestAsync(node, "connections to the gateway");
        Assert.InRange(node.OpenDescriptors.Length, limit / 2, limit * 4 / 5);
        await node.UntilAnswerAsync("www.example.org", "10.0.0.80");
        Assert.True((await node.StatusAsync()).Ready);

        foreach (var port in PortsOf(node))
        {
            for (var i = 0; i < limit; i++)
                await _hostile.ConnectAsync(port);
        }

        await UntilAtRestAsync(node, "connections to every port");
        await node.UntilAnswerAsync("www.example.org", "10.0.0.80");
        Assert.InRange(node.OpenDescriptors.Length, limit / 2, limit);

        _hostile.CloseAll();
        await Wait.UntilAsync(async () => (await node.StatusAsync()).Ready, () => node.Log);
        await using var stream = new NetworkStream(await _hostile.ConnectAsync(gateway));
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n"u8.ToArray());
        Assert.True(await stream.ReadAsync(new byte[100]).AsTask().WithinAsync(20) > 0);
    }

    // What is not as it should be, and stays so, costs no more than what is well.
    [Fact]
    public async Task A_dead_backend_idle_clients_and_a_refused_tunnel_cost_a_node_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processor time is read from /proc");
        var resources = TestNode.Zone + TunnelYaml.Gateways()
            + TestYaml.Part("HealthCheck", "h", "{http: {path: /}, interval: 1s}")
            + TestYaml.Part("AddressPool", "dead",
                $"{{healthCheck: h, addresses: [{{value: 127.0.0.1, port: {Ports.Free()}}}]}}")
            + TestYaml.Part("GlobalEndpoint", "e",
                "{hostname: e.example.org, policy: Failover, pools: [{pool: dead}], gateway: {}}");
        await using var agent = new AgentProcess();
        await using var node = await StartAsync(new TestNode(resources + TunnelYaml.Agent("lab")));
        await node.UntilLoggedAsync("pool dead is down");
        await UntilAtRestAsync(node, "a dead backend");

        await _hostile.SendAsync(PortOf("--gateway"), Enumerable.Repeat(
            "GET / HTTP/1.1\r\nHost: e.example.org\r\n\r\n"u8.ToArray(), 100));
        await UntilAtRestAsync(node, "clients that stay and ask for nothing");

        await agent.EnrollAsync(node, "lab", PortOf("--tunnel"));
        node.Write(resources);
        await node.UntilLoggedAsync("configuration applied");
        agent.Start();
        Assert.Equal(4, await agent.ExitAsync());
        await UntilAtRestAsync(node, "a tunnel that is refused");
        await node.UntilAnswerAsync("www.example.org", "10.0.0.80");
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
        _hostile.Dispose();
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

    private IEnumerable<(string Name, Func<Task> Act)> HostileInputs(TestNode node)
    {
        var all = PortsOf(node).ToArray();
        int[] tls = [.. _ports.Where(p => p.Name != "--gateway").Select(p => p.Port)];
        int[] web = [node.ManagementPort, PortOf("--gateway")];
        var (dot, doh) = (PortOf("--dns-tls"), PortOf("--dns-https"));
        yield return ("garbage by UDP", () => HostileClient.SendDatagramsAsync(node.DnsPort, HostileClient.Garbage()));
        yield return ("NOTIFY, UPDATE, IXFR and TSIG by UDP",
            () => HostileClient.SendDatagramsAsync(node.DnsPort, HostileClient.Messages()));
        yield return ("the same by TCP", () => _hostile.SendAsync(node.DnsPort, HostileClient.InStream()));
        yield return ("the same over TLS", () => _hostile.SendOverTlsAsync(dot, "dot", HostileClient.InStream()));
        yield return ("the same over HTTPS", () => _hostile.SendOverTlsAsync(doh, "http/1.1", HostileClient.Messages()
            .Select(m => (byte[])[.. Encoding.ASCII.GetBytes("POST /dns-query HTTP/1.1\r\nHost: ns.example.net\r\n"
                + $"Content-Type: application/dns-message\r\nContent-Length: {m.Length}\r\n\r\n"), .. m])));
        yield return ("silence by TCP", () => OnAll(all, p => _hostile.SendAsync(p, [[], [], []])));
        yield return ("silence over TLS", () => OnAll(tls, p => _hostile.SendOverTlsAsync(p, "", [[], []])));
        yield return ("half requests", () => OnAll(all, p => _hostile.SendAsync(p, HostileClient.HalfRequests())));
        yield return ("half requests over TLS",
            () => OnAll(tls, p => _hostile.SendOverTlsAsync(p, "http/1.1", HostileClient.HalfRequests())));
        yield return ("bad records of TLS", () => OnAll(all, p => _hostile.SendAsync(p, HostileClient.BadRecords())));
        yield return ("bad frames of HTTP/2", () => OnAll(web, p => _hostile.SendAsync(p, HostileClient.BadFrames())));
        yield return ("bad frames of HTTP/2 over TLS",
            () => OnAll(tls, p => _hostile.SendOverTlsAsync(p, "h2", HostileClient.BadFrames())));
        yield return ("a flood of connections", () => OnAll(all, async p =>
        {
            await _hostile.SendAsync(p, Enumerable.Repeat<byte[]>([], 300));
            _hostile.CloseAll();
        }));
    }

    private static async Task OnAll(IEnumerable<int> ports, Func<int, Task> act)
    {
        foreach (var port in ports)
            await act(port);
    }

    private int PortOf(string option) => _ports.Single(p => p.Name == option).Port;

    // Once a node has settled it uses no more than 2 % of a core.
    private static async Task UntilAtRestAsync(TestNode node, string after)
    {
        var used = 0.0;
        await Wait.UntilAsync(async () =>
        {
            var before = node.ProcessorSeconds;
            await Task.Delay(Window);
            used = node.ProcessorSeconds - before;
            return used <= 0.02 * Window.TotalSeconds;
        }, () => $"after {after}: {used} s of {Window.TotalSeconds} s, {node.OpenDescriptors.Length} descriptors, "
            + $"{node.Threads} threads\n{node.Log}", 60);
    }
}
