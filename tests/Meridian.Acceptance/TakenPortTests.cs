using System.Net;
using System.Net.Sockets;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>A port that another program has is one line and an exit status, whichever door it is for.</summary>
public sealed class TakenPortTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--dns", SocketType.Dgram)]
    [InlineData("--dns", SocketType.Stream)]
    [InlineData("--dns-tls", SocketType.Stream)]
    [InlineData("--dns-https", SocketType.Stream)]
    [InlineData("--gateway", SocketType.Stream)]
    [InlineData("--gateway-tls", SocketType.Stream)]
    [InlineData("--tunnel", SocketType.Stream)]
    [InlineData("--management", SocketType.Stream)]
    [InlineData("--health", SocketType.Stream)]
    public async Task A_node_says_which_option_names_another_address(string option, SocketType type)
    {
        using var taken = Take(type);
        using var certificate = TestCertificate.Create("ns.example.net");
        var pem = _folder.Write("cert.pem", certificate.Pem());
        var ports = new Dictionary<string, string>
        {
            ["--dns"] = $"127.0.0.1:{Ports.Free()}",
            ["--management"] = $"127.0.0.1:{Ports.Free()}",
            [option] = $"{taken.LocalEndPoint}",
        };

        var run = await MeridianProgram.RunAsync(["serve", "--config", _folder.Write("zone.yaml", TestNode.Zone),
            "--state", _folder.File("state"), "--dns-cert", pem, "--dns-key", pem, "--gateway-cert", pem,
            .. ports.SelectMany(p => (string[])[p.Key, p.Value])]);

        AssertRefused(run, option, taken);
    }

    [Theory]
    [InlineData("--listen")]
    [InlineData("--health")]
    public async Task The_webhook_says_which_option_names_another_address(string option)
    {
        using var taken = Take(SocketType.Stream);
        var other = option == "--listen" ? "--health" : "--listen";

        var run = await MeridianProgram.RunAsync("external-dns", option, $"{taken.LocalEndPoint}",
            other, $"127.0.0.1:{Ports.Free()}");

        AssertRefused(run, option, taken);
    }

    // The port of one endpoint is no reason to keep the others from being served.
    [Fact]
    public async Task The_port_of_an_endpoint_costs_that_endpoint_alone()
    {
        using var taken = Take(SocketType.Stream);
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        await using var node = new TestNode(TestNode.Zone
            + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 127.0.0.1, port: 9}]}")
            + TestYaml.Part("GlobalEndpoint", "e", "{hostname: e.example.org, policy: Failover, pools: [{pool: p}], "
                + $"gateway: {{tcp: {{port: {port}}}}}}}"));
        await node.StartAsync(ready: true, "--gateway", $"127.0.0.1:{Ports.Free()}", "--tcp", $"127.0.0.1:{port}");

        await node.UntilLoggedAsync($"endpoint e: port {port} is not opened: Address already in use");
        await node.UntilAnswerAsync("www.example.org", "10.0.0.80");
    }

    private static void AssertRefused(Run run, string option, Socket taken)
    {
        Assert.Equal(3, run.ExitCode);
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            l => l.StartsWith("meridian: ", StringComparison.Ordinal));
        Assert.Contains($":{((IPEndPoint)taken.LocalEndPoint!).Port}", line, StringComparison.Ordinal);
        Assert.Contains("choose another address with ", line, StringComparison.Ordinal);
        Assert.Contains(option, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("answers DNS", run.Output + run.Error, StringComparison.Ordinal);
    }

    private static Socket Take(SocketType type)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type,
            type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, Ports.Free()));
        if (type == SocketType.Stream)
            socket.Listen();
        return socket;
    }
}
