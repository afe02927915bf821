namespace Meridian.Model.Tests;

/// <summary>Agents of private sites, and pools that lead to them.</summary>
public sealed class TunnelKindTests
{
    private static readonly string Sound = TestYaml.Zone
        + TestYaml.Part("Site", "hanoi", "{latitude: 21, longitude: 105}")
        + TestYaml.Part("TunnelAgent", "lab",
            "{site: hanoi, publishes: [kokoro, \"llm-*\"], replicas: true, limits: {connections: 4, "
            + "streams: 100}}")
        + TestYaml.Part("AddressPool", "lab", "{site: hanoi, addresses: [{tunnel: {agent: lab, service: llm-7b}}]}")
        + TestYaml.Part("AddressPool", "gateways", "{site: hanoi, addresses: [{value: 192.0.2.1}]}")
        + TestYaml.Part("Node", "tokyo-1", "{site: hanoi, addresses: [192.0.2.7, \"2001:db8::7\"]}")
        + TestYaml.Part("HealthCheck", "web", "{tcp: {port: 80}}")
        + TestYaml.Document("GlobalEndpoint", "llm",
            "{hostname: llm.example.org, policy: Failover, pools: [{pool: gateways}], "
            + "gateway: {pools: [{pool: lab}]}}");

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
    [InlineData("publishes: [kokoro, \"llm-*\"]", "publishes: [\"10.0.0.*\"]",
        "`10.0.0.*` is not the name of a service")]
    [InlineData("{tunnel: {agent", "{value: 10.0.0.1, tunnel: {agent",
        "`value`, `from` and `tunnel` exclude each other")]
    [InlineData("service: llm-7b}}", "service: llm-7b}, port: 80}",
        "the agent's own file says which port the service has")]
    [InlineData("addresses: [{tunnel", "healthCheck: web, addresses: [{tunnel",
        "services behind a tunnel are probed by their agent")]
    [InlineData("pools: [{pool: gateways}], gateway: {pools: [{pool: lab}]}", "pools: [{pool: lab}]",
        "pool `lab` leads through tunnels, which only gateways can use: give the endpoint a `gateway`")]
    [InlineData("pools: [{pool: gateways}], gateway: {pools: [{pool: lab}]}",
        "pools: [{pool: lab}], gateway: {pools: [{pool: gateways}]}", "the gateway has pools of its own without it")]
    [InlineData("addresses: [192.0.2.7, \"2001:db8::7\"]", "addresses: []", "node `tokyo-1` has no addresses")]
    [InlineData("addresses: [192.0.2.7, \"2001:db8::7\"]", "addresses: [tokyo.example.org]",
        "`tokyo.example.org` is not an IP address")]
    [InlineData("addresses: [192.0.2.7, \"2001:db8::7\"]", "addresses: [192.0.2.7, 192.0.2.7]",
        "`192.0.2.7` is given twice")]
    [InlineData("site: hanoi, addresses: [192.0.2.7", "site: hue, addresses: [192.0.2.7",
        "there is no Site named `hue`")]
    [InlineData("service: llm-7b}}]", "service: llm-7b}}, {tunnel: {agent: lab, service: llm-7b}}]",
        "llm-7b@lab is in the pool twice")]
    public void Says_what_is_wrong(string right, string wrong, string fault) =>
        Assert.Contains(fault, string.Join('\n',
            ConfigurationReader.ReadText("f.yaml", Sound.Replace(right, wrong, StringComparison.Ordinal)).Faults),
            StringComparison.Ordinal);

    [Fact]
    public void A_pool_of_tunnels_may_be_answered_where_there_are_nodes()
    {
        var answered = Sound.Replace("pools: [{pool: gateways}], gateway: {pools: [{pool: lab}]}",
            "pools: [{pool: lab}], gateway: {}", StringComparison.Ordinal);
        Assert.Empty(ConfigurationReader.ReadText("f.yaml", answered).Faults);
        var alone = answered.Replace("kind: Node\nmetadata: {name: tokyo-1}\nspec: {site: hanoi, addresses: " +
            "[192.0.2.7, \"2001:db8::7\"]}", "kind: Site\nmetadata: {name: hue}\nspec: {latitude: 16, longitude: 107}",
            StringComparison.Ordinal);
        Assert.Contains("describe those as Nodes",
            ConfigurationReader.ReadText("f.yaml", alone).Faults.Single().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: Node", "kind: Nude")]
    [InlineData("kind: Node\n", "")]
    [InlineData("{site: hanoi, addresses: [192.0.2.7", "{site: hanoi, port: x, addresses: [192.0.2.7")]
    public void Nobody_says_that_there_are_no_nodes_where_one_cannot_be_read(string right, string wrong)
    {
        var faults = ConfigurationReader.ReadText("f.yaml", Sound
            .Replace("pools: [{pool: gateways}], gateway: {pools: [{pool: lab}]}", "pools: [{pool: lab}], gateway: {}",
                StringComparison.Ordinal)
            .Replace(right, wrong, StringComparison.Ordinal)).Faults;

        Assert.DoesNotContain("leads through tunnels", Assert.Single(faults).Message, StringComparison.Ordinal);
    }
}
