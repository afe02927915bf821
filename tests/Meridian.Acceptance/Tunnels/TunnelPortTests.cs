using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Tunnels;

/// <summary>A site whose firewall lets through nothing but the port that clients use too.</summary>
public sealed class TunnelPortTests
{
    [Theory]
    [InlineData("Tls")]
    [InlineData("WebSocket")]
    public async Task Tunnels_may_be_dialled_at_the_gateway_s_own_TLS_port(string form)
    {
        var (tunnel, port) = (Ports.Free(), Ports.Free());
        using var folder = new TestFolder();
        using var certificate = TestCertificate.Create("kokoro.example.org");
        folder.Write("gateway.pem", certificate.Pem());
        await using var origin = await StreamingOrigin.StartAsync();
        await using var agent = new AgentProcess();
        var resources = TestNode.Zone + TunnelYaml.Agent("lab") + TunnelYaml.Pool("lab", "lab")
            + TunnelYaml.Gateways() + TunnelYaml.Endpoint("kokoro", "", "lab");
        await using var node = await new TestNode(resources).StartAsync(more: ["--gateway-tls", $"127.0.0.1:{port}",
            "--gateway-cert", folder.File("gateway.pem"), "--tunnel", $"127.0.0.1:{tunnel}"]);
        await agent.EnrollAsync(node, "lab", port);
        await agent.CommandAsync("services", "add", "kokoro", $"127.0.0.1:{origin.Port}");
        agent.Start("--form", form);

        // Where the agent comes late its pool was told as down before.
        await Wait.UntilAsync(() => node.Log.Contains("pool lab is up", StringComparison.Ordinal)
            || node.Log.Contains("pool lab is back", StringComparison.Ordinal), () => node.Log);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown?.Subject == "CN=kokoro.example.org" },
        };
        using var client = new HttpClient(handler) { DefaultRequestHeaders = { Host = "kokoro.example.org" } };
        Assert.Equal("here", await client.GetStringAsync($"https://127.0.0.1:{port}/"));

        // The port's own end waits for what is under way, and for nothing else.
        var stream = client.GetStringAsync($"https://127.0.0.1:{port}/tokens?count=100");
        await Task.Delay(300);
        Assert.Equal(0, await node.StopAsync());
        Assert.EndsWith("data: 99\n\n", await stream, StringComparison.Ordinal);
    }
}
