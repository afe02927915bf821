
namespace Meridian.Acceptance.Tunnels;

/// <summary>The resources of services behind tunnels, each as a document that ends with its separator.</summary>
internal static class TunnelYaml
{
    /// <summary>An agent that may dial in.</summary>
    public static string Agent(string name, string publishes = "kokoro") =>
        TestYaml.Part("TunnelAgent", name, $"{{publishes: [\"{publishes}\"]}}");

    /// <summary>A pool of one service of one agent.</summary>
    public static string Pool(string name, string agent, string service = "kokoro") =>
        TestYaml.Part("AddressPool", name, $"{{addresses: [{{tunnel: {{agent: {agent}, service: {service}}}}}]}}");

    /// <summary>The pool that DNS answers with: this host.</summary>
    public static string Gateways() => TestYaml.Part("AddressPool", "gateways", "{addresses: [{value: 127.0.0.1}]}");

    /// <summary>
    /// An endpoint NAME.example.org that DNS answers with the gateways, and a gateway with the pools behind it.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="gateway">Fields of <c>gateway</c> before its pools, such as <c>profile: grpc</c>.</param>
    /// <param name="pools">Pools behind the gateway.</param>
    public static string Endpoint(string name, string gateway, params string[] pools)
    {
        var behind = string.Join(", ", pools.Select(p => $"{{pool: {p}}}"));
        var fields = gateway.Length > 0 ? $"{gateway}, " : "";
        return TestYaml.Part("GlobalEndpoint", name, $"{{hostname: {name}.example.org, policy: Failover, "
            + $"pools: [{{pool: gateways}}], gateway: {{{fields}pools: [{behind}]}}}}");
    }
}
