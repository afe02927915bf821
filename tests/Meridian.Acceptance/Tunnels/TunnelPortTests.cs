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
        await using var node = await new TestNode(TestNode.Zone + """
            apiVersion: meridian.dev/v1alpha1
            kind: TunnelAgent
            metadata: {name: lab}
            spec: {publishes: [kokoro]}
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: AddressPool
            metadata: {name: lab}
            spec: {addresses: [{tunnel: {agent: lab, service: kokoro}}]}
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: AddressPool
            metadata: {name: gateways}
            spec: {addresses: [{value: 127.0.0.1}]}
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: GlobalEndpoint
            metadata: {name: kokoro}
            spec: {hostname: kokoro.example.org, policy: Failover, pools: [{pool: gateways}],
              gateway: {pools: [{pool: lab}]}}
            """).StartAsync(more: ["--gateway-tls", $"127.0.0.1:{port}", "--gateway-cert", folder.File("gateway.pem"),
                "--tunnel", $"127.0.0.1:{tunnel}"]);
        var enrolled = await agent.EnrollAsync(port,
            (await node.CommandAsync("tunnel", "enroll", "lab")).Output.Trim());
        Assert.True(enrolled.ExitCode == 0, enrolled.Error);
        await agent.CommandAsync("services", "add", "kokoro", $"127.0.0.1:{origin.Port}");
        agent.Start("--form", form);
        await node.UntilLoggedAsync("pool lab is back");
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
