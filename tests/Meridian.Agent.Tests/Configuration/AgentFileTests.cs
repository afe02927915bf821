using Meridian.Agent.Configuration;
using Meridian.Agent.Identity;
using Meridian.Tunnel.Sites;

namespace Meridian.Agent.Tests.Configuration;

public sealed class AgentFileTests
{
    private const string Gateways = "gateways: [tunnel.example.com]\n";

    [Fact]
    public void A_whole_file_is_read()
    {
        var file = Parse("""
            gateways: ["tunnel.example.com", "192.0.2.1:443"]
            connections: 8
            labels: {gpu: h100, rack: b7}
            services:
            - {name: kokoro, address: "127.0.0.1:8880", health: {http: /health, interval: 500ms}}
            - {name: llm-7b, address: "unix:/run/vllm.sock"}
            """);
        Assert.Equal([new GatewayAddress("tunnel.example.com", 7443), new GatewayAddress("192.0.2.1", 443)],
            file.Gateways);
        Assert.Equal(8, file.Connections);
        Assert.Equal(("h100", "b7"), (file.Labels["gpu"], file.Labels["rack"]));
        Assert.Equal(
            [
                new ServiceEntry("kokoro", new ServiceAddress("127.0.0.1", 8880, null),
                    new HealthRequest(HealthProtocol.Http, "/health"), TimeSpan.FromMilliseconds(500)),
                new ServiceEntry("llm-7b", new ServiceAddress("", 0, "/run/vllm.sock"), null, TimeSpan.FromSeconds(2)),
            ], file.Services);
    }

    [Theory]
    [InlineData("")]
    [InlineData("services:\n")]
    [InlineData("services: []\n")]
    [InlineData("services: ~\n")]
    public void Everything_but_gateways_may_be_left_out(string more)
    {
        var file = Parse(Gateways + more);
        Assert.Equal(4, file.Connections);
        Assert.Empty(file.Services);
        Assert.Empty(file.Labels);
    }

    [Theory]
    [InlineData("gateways: [a]\nservices: [", "agent.yaml:3: ")]
    [InlineData("[]", "agent.yaml: it has to be one mapping with `gateways` and `services`")]
    [InlineData("", "agent.yaml: it has to be one mapping with `gateways` and `services`")]
    [InlineData("gateways: [a]\n---\ngateways: [b]", "agent.yaml: it has to be one mapping")]
    [InlineData("connections: 1", "agent.yaml:1: `gateways` is empty: the agent has nowhere to dial")]
    [InlineData("gateways: []", "agent.yaml:1: `gateways` is empty: the agent has nowhere to dial")]
    [InlineData("gateways: a", "agent.yaml:1: `gateways` is a list")]
    [InlineData("gateways:\n- a\n- \"a b\"", "agent.yaml:3: `a b` is no gateway: write HOST or HOST:PORT")]
    [InlineData("gateways: [a]\ngateway: [b]",
        "agent.yaml:2: `gateway` is not known here; there are gateways, connections, labels, services")]
    [InlineData("gateways: [a]\nservices: [kokoro]", "agent.yaml:2: a service has a `name` and an `address`")]
    [InlineData("gateways: [a]\nservices:\n- {name: a, adress: \"b:1\"}",
        "agent.yaml:3: `adress` is not known here; there are name, address, health")]
    [InlineData("gateways: [a]\nservices: [{name: a}]",
        "agent.yaml:2: `address` of a is HOST:PORT or unix:/PATH, the path 107 octets at most")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\"}, {name: a, address: \"b:2\"}]",
        "agent.yaml:1: two services are called `a`")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: /health}]",
        "agent.yaml:2: `health` is such as {http: /health, interval: 2s}")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: {path: /}}]",
        "agent.yaml:2: `path` is not known here; there are http, https, grpc, host, interval")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: {http: health}}]",
        "agent.yaml:2: `http` is a path that begins with /")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: {https: health}}]",
        "agent.yaml:2: `https` is a path that begins with /")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: {http: /a, grpc: b}}]",
        "agent.yaml:2: `health` has one of http, https and grpc")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: {host: b}}]",
        "agent.yaml:2: `host` goes with http, https or grpc")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: {http: /a, host: \"b c\"}}]",
        "agent.yaml:2: `host` is a host name, and not `b c`")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: {http: /a, host: \"192.0.2.010\"}}]",
        "agent.yaml:2: `host` is a host name, and not `192.0.2.010`")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: {http: /a, host: \"10.0.0.300\"}}]",
        "agent.yaml:2: `host` is a host name, and not `10.0.0.300`")]
    [InlineData("gateways: [a]\nservices: [{name: a, address: \"b:1\", health: {http: /a, host: \"0x7f.1\"}}]",
        "agent.yaml:2: `host` is a host name, and not `0x7f.1`")]
    [InlineData("gateways: [a]\nlabels: [b]", "agent.yaml:2: `labels` is such as {gpu: h100, rack: b7}")]
    [InlineData("gateways: [a]\nlabels: {b: [c]}", "agent.yaml:2: `labels` is such as {gpu: h100, rack: b7}")]
    [InlineData("gateways: [a]\nlabels: {\"\": c}", "agent.yaml:2: `labels` is such as {gpu: h100, rack: b7}")]
    public void A_fault_names_its_line_and_what_is_wanted(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<AgentFileException>(() => Parse(text)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("32", 32)]
    [InlineData("0", null)]
    [InlineData("33", null)]
    [InlineData("-1", null)]
    [InlineData("4.0", null)]
    [InlineData("four", null)]
    public void Connections_are_from_1_to_32(string text, int? expected)
    {
        if (expected is { } connections)
            Assert.Equal(connections, Parse($"{Gateways}connections: {text}").Connections);
        else
            Assert.Equal($"agent.yaml:1: `connections` is a number from 1 to 32, and not `{text}`",
                Assert.Throws<AgentFileException>(() => Parse($"{Gateways}connections: {text}")).Message);
    }

    [Theory]
    [InlineData("100ms", 0.1)]
    [InlineData("0.1s", 0.1)]
    [InlineData("2s", 2.0)]
    [InlineData("1.5m", 90.0)]
    [InlineData("60m", 3600.0)]
    [InlineData("1h", 3600.0)]
    [InlineData("99ms", null)]
    [InlineData("3601s", null)]
    [InlineData("1.1h", null)]
    [InlineData("1e9h", null)]
    [InlineData("99999999999999999999h", null)]
    [InlineData("-2s", null)]
    [InlineData("2", null)]
    [InlineData("s", null)]
    [InlineData("NaNs", null)]
    public void An_interval_is_from_100_ms_to_an_hour(string text, double? seconds)
    {
        var file = $"{Gateways}services: [{{name: a, address: \"b:1\", health: {{interval: {text}}}}}]";
        if (seconds is { } expected)
            Assert.Equal(TimeSpan.FromSeconds(expected), Parse(file).Services.Single().Interval);
        else
            Assert.Equal($"agent.yaml:2: `interval` is such as 2s, from 100ms to 1h, and not `{text}`",
                Assert.Throws<AgentFileException>(() => Parse(file)).Message);
    }

    [Fact]
    public void Names_labels_and_services_have_their_limits()
    {
        var longest = new string('a', 63);
        Assert.Equal(longest, Parse(Service(longest)).Services.Single().Name);
        foreach (var name in (string[])[longest + "a", "", "Kokoro", "a_b", "ä"])
            Assert.StartsWith("agent.yaml:2: `name` is lower-case letters, digits and hyphens, at most 63",
                Assert.Throws<AgentFileException>(() => Parse(Service($"\"{name}\""))).Message,
                StringComparison.Ordinal);

        Assert.Equal(longest, Parse($"{Gateways}labels: {{{longest}: {longest}}}").Labels[longest]);
        Assert.Throws<AgentFileException>(() => Parse($"{Gateways}labels: {{{longest}a: b}}"));
        Assert.Throws<AgentFileException>(() => Parse($"{Gateways}labels: {{b: {longest}a}}"));
        Assert.Equal(32, Parse($"{Gateways}labels: {Labels(32)}").Labels.Count);
        Assert.Throws<AgentFileException>(() => Parse($"{Gateways}labels: {Labels(33)}"));

        Assert.Equal(1000, Parse(Services(1000)).Services.Length);
        Assert.Equal("agent.yaml:1: more than 1000 services",
            Assert.Throws<AgentFileException>(() => Parse(Services(1001))).Message);
    }

    [Fact]
    public void A_file_that_is_not_there_says_what_makes_one() =>
        Assert.Equal("there is no /no where/agent.yaml; `meridian-agent enroll --gateway HOST --state '/no where'` "
            + "makes one",
            Assert.Throws<AgentFileException>(() => AgentFile.Read(new AgentFolder("/no where"))).Message);

    private static AgentFile Parse(string text) => AgentFile.Parse(new AgentFileText("agent.yaml", text));

    private static string Service(string name) => $"{Gateways}services: [{{name: {name}, address: \"b:1\"}}]";

    private static string Services(int count)
    {
        var services = Enumerable.Range(0, count).Select(i => $"- {{name: s{i}, address: \"b:1\"}}");
        return $"{Gateways}services:\n{string.Join('\n', services)}";
    }

    private static string Labels(int count) =>
        $"{{{string.Join(", ", Enumerable.Range(0, count).Select(i => $"l{i}: v"))}}}";
}
