using System.Text.Json.Nodes;
using Meridian.Acceptance.Support;
using Meridian.TestCluster;

namespace Meridian.Acceptance.Tunnels;

/// <summary>Agents that run in Kubernetes: a service-account token in place of a code.</summary>
public sealed class TunnelTokenTests : IAsyncLifetime
{
    private readonly int _tunnel = Ports.Free();
    private readonly TestFolder _folder = new();
    private readonly TestIssuer _issuer = new("https://hk.example.com");
    private readonly AgentProcess _agent = new();
    private SmallApiServer _cluster = null!;
    private TestNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await SmallApiServer.StartAsync();
        await File.WriteAllTextAsync(_folder.File("jwks"), _issuer.Jwks);
        await File.WriteAllTextAsync(_folder.File("kubeconfig"), _cluster.Kubeconfig);
        _node = await new TestNode(TestNode.Zone
            + TestYaml.Part("Cluster", "hk", $"{{access: {{file: {_folder.Path}/kubeconfig}}}}")
            + AgentOf("by-keys", $"issuer: \"https://hk.example.com\", jwksFile: {_folder.Path}/jwks, name: agent",
                "enrollment: false, ")
            + AgentOf("by-review", "cluster: hk, name: reviewed"))
            .StartAsync(more: ["--tunnel", $"127.0.0.1:{_tunnel}"]);
        await File.WriteAllTextAsync(_folder.File("authority"),
            (await _node.CommandAsync("tunnel", "authority")).Output);
        await _agent.WriteAsync($$"""
            gateways: ["127.0.0.1:{{_tunnel}}"]
            connections: 1
            services: [{name: kokoro, address: "127.0.0.1:9"}]
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _node.DisposeAsync();
        await _cluster.DisposeAsync();
        _issuer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_token_of_the_account_is_enough_and_of_another_it_is_not()
    {
        Start(_issuer.Token(DateTimeOffset.UtcNow, subject: "system:serviceaccount:ai:other"));
        await Wait.UntilAsync(() =>
            _agent.Log.Contains("gives no certificate: no TunnelAgent has the service account ai/other of "
                + "https://hk.example.com", StringComparison.Ordinal), () => _agent.Log);

        // The file is read again: what is replaced in it counts.
        Write(_issuer.Token(DateTimeOffset.UtcNow, subject: "system:serviceaccount:ai:agent"));
        await ConnectedAsync("by-keys");
        Assert.Contains("shows who it is by its service account",
            (await _node.CommandAsync("tunnel", "enroll", "by-keys")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cluster_itself_may_be_asked()
    {
        _cluster.Review = _ => new JsonObject
        {
            ["authenticated"] = true,
            ["audiences"] = new JsonArray("meridian"),
            ["user"] = new JsonObject { ["username"] = "system:serviceaccount:ai:reviewed" },
        };
        Start(_issuer.Token(DateTimeOffset.UtcNow, issuer: "https://kubernetes.default.svc",
            subject: "system:serviceaccount:ai:reviewed"));
        await ConnectedAsync("by-review");
        Assert.Equal(0, (await _node.CommandAsync("tunnel", "enroll", "by-review")).ExitCode);
    }

    private static string AgentOf(string name, string account, string identity = "") =>
        TestYaml.Part("TunnelAgent", name, "{publishes: [kokoro], "
            + $"identity: {{{identity}serviceAccount: {{namespace: ai, {account}}}}}}}");

    private void Write(string token)
    {
        _folder.Write("next", token);
        File.Move(_folder.File("next"), _folder.File("token"), overwrite: true);
    }

    private void Start(string token)
    {
        Write(token);
        _agent.Start("--token-file", _folder.File("token"), "--authority", _folder.File("authority"));
    }

    private Task ConnectedAsync(string agent) =>
        Wait.UntilAsync(async () =>
            (await _node.CommandAsync("tunnel", "list")).Output.Contains(agent, StringComparison.Ordinal),
            () => $"{_agent.Log}\n{_node.Log}");
}
