using Meridian.Agent.Configuration;

namespace Meridian.Agent.Tests.Configuration;

public sealed class AgentFileEditorTests
{
    private const string Gateways = "gateways: [a]\n";

    private static readonly ServiceEntry Llm =
        new("llm", new ServiceAddress("127.0.0.1", 8000, null), new HealthRequest(HealthProtocol.Http, "/health"),
            ServiceEntry.DefaultInterval);

    [Theory]
    [InlineData("")]
    [InlineData("services: []\n")]
    [InlineData("services:\n")]
    public void The_first_service_makes_the_list(string before) =>
        Assert.Equal(
            $"{Gateways}services:\n- {{name: llm, address: \"127.0.0.1:8000\", health: {{http: /health}}}}\n",
            Add(Gateways + before, Llm));

    [Fact]
    public void A_service_is_added_behind_the_others_and_comments_stay()
    {
        const string before = """
            # where we dial
            gateways: [a]
            services:
              # speech
              - name: kokoro
                address: "127.0.0.1:8880" # the fast one
            labels: {gpu: h100}

            """;
        Assert.Equal("""
            # where we dial
            gateways: [a]
            services:
              # speech
              - name: kokoro
                address: "127.0.0.1:8880" # the fast one
              - {name: raw, address: "unix:/run/raw.sock"}
            labels: {gpu: h100}

            """, Add(before, new ServiceEntry("raw", new ServiceAddress("", 0, "/run/raw.sock"), null,
            ServiceEntry.DefaultInterval)));
    }

    [Fact]
    public void What_was_added_is_removed_again_without_a_trace()
    {
        const string before = Gateways + "services:\n- {name: kokoro, address: \"127.0.0.1:8880\"}\n";
        Assert.Equal(before, Remove(Add(before, Llm), "llm"));
    }

    [Theory]
    [InlineData("services:\n- {name: llm, address: \"b:1\"}\n")]
    [InlineData("services:\n- name: llm\n  address: b:1\n  health:\n    http: /\n")]
    [InlineData("services:\n# speech\n- {name: llm, address: \"b:1\"}\n")]
    public void The_last_service_may_be_removed_and_another_one_added(string services)
    {
        var empty = Remove(Gateways + services, "llm");
        Assert.Empty(Parse(empty).Services);
        Assert.Equal(Llm, Assert.Single(Parse(Add(empty, Llm)).Services));
    }

    [Fact]
    public void What_is_there_already_or_not_there_or_in_one_line_is_refused_with_a_reason()
    {
        const string block = Gateways + "services:\n- {name: llm, address: \"b:1\"}\n";
        const string flow = Gateways + "services: [{name: kokoro, address: \"b:1\"}]\n";
        Assert.Equal("there is a service `llm` already", Fault(() => Add(block, Llm)));
        Assert.Equal("there is no service `kokoro`", Fault(() => Remove(block, "kokoro")));
        Assert.Equal("there is no service `kokoro`", Fault(() => Remove(Gateways, "kokoro")));
        Assert.Equal("agent.yaml:2: write `services` with a line for each, so that one can be added",
            Fault(() => Add(flow, Llm)));
        Assert.Equal("agent.yaml:2: write `services` with a line for each, so that one can be removed",
            Fault(() => Remove(flow, "kokoro")));
    }

    [Fact]
    public void Nothing_is_written_that_could_not_be_read_again()
    {
        Assert.Contains("`name` is lower-case", Fault(() => Add(Gateways, Llm with { Name = "LLM" })),
            StringComparison.Ordinal);
        Assert.Contains("`http` is a path", Fault(() => Add(Gateways,
            Llm with { Health = new HealthRequest(HealthProtocol.Http, "health") })),
            StringComparison.Ordinal);
    }

    private static string Add(string text, ServiceEntry service) =>
        AgentFileEditor.Add(new AgentFileText("agent.yaml", text), service);

    private static string Remove(string text, string name) =>
        AgentFileEditor.Remove(new AgentFileText("agent.yaml", text), name);

    private static AgentFile Parse(string text) => AgentFile.Parse(new AgentFileText("agent.yaml", text));

    private static string Fault(Func<string> edit) => Assert.Throws<AgentFileException>(edit).Message;
}
