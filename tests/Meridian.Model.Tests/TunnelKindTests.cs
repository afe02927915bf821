namespace Meridian.Model.Tests;

/// <summary>Agents of private sites, and pools that lead to them.</summary>
public sealed class TunnelKindTests
{
    private const string Sound = """
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z}
        spec: {origin: example.org, nameServers: [{name: ns.example.net}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: Site
        metadata: {name: hanoi}
        spec: {latitude: 21, longitude: 105}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: TunnelAgent
        metadata: {name: lab}
        spec: {site: hanoi, publishes: [kokoro, "llm-*"], replicas: true, limits: {connections: 4, streams: 100}}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: lab}
        spec: {site: hanoi, addresses: [{tunnel: {agent: lab, service: llm-7b}}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: gateways}
        spec: {site: hanoi, addresses: [{value: 192.0.2.1}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: HealthCheck
        metadata: {name: web}
        spec: {tcp: {port: 80}}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: llm}
        spec: {hostname: llm.example.org, policy: Failover, pools: [{pool: gateways}], gateway: {pools: [{pool: lab}]}}
        """;

    [Fact]
    public void Reads_them_and_calls_the_address_after_service_and_agent()
    {
        var read = ConfigurationReader.ReadText("f.yaml", Sound);
        Assert.Empty(read.Faults);
        Assert.Equal("llm-7b@lab", read.Resources.Pools["lab"].Addresses.Single().Value);
    }

    [Theory]
    [InlineData("agent: lab,", "agent: lub,", "there is no TunnelAgent named `lub`; did you mean `lab`?")]
    [InlineData("service: llm-7b", "service: vllm", "TunnelAgent `lab` may not publish `vllm`, only kokoro, llm-*")]
    [InlineData("service: llm-7b", "service: 10.0.0.1", "`10.0.0.1` is not the name of a service")]
    [InlineData("publishes: [kokoro, \"llm-*\"]", "publishes: []", "agent `lab` may publish nothing")]
    [InlineData("publishes: [kokoro, \"llm-*\"]", "publishes: [\"10.0.0.*\"]", "`10.0.0.*` is not the name of a service")]
    [InlineData("{tunnel: {agent", "{value: 10.0.0.1, tunnel: {agent", "`value`, `from` and `tunnel` exclude each other")]
    [InlineData("service: llm-7b}}", "service: llm-7b}, port: 80}", "the agent's own file says which port the service has")]
    [InlineData("addresses: [{tunnel", "healthCheck: web, addresses: [{tunnel", "services behind a tunnel are probed by their agent")]
    [InlineData("pools: [{pool: gateways}]", "pools: [{pool: lab}]", "pool `lab` leads through tunnels, which only a gateway can use")]
    [InlineData("service: llm-7b}}]", "service: llm-7b}}, {tunnel: {agent: lab, service: llm-7b}}]", "llm-7b@lab stands in the pool twice")]
    public void Says_what_is_wrong(string right, string wrong, string fault) =>
        Assert.Contains(fault, string.Join('\n', ConfigurationReader.ReadText("f.yaml", Sound.Replace(right, wrong, StringComparison.Ordinal)).Faults), StringComparison.Ordinal);
}
