using Meridian.Agent.Commands;
using Meridian.Agent.Tests.Support;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Tests.Commands;

/// <summary>
/// What gateways, proxies and services say is shown escaped and bounded: it begins no line and moves no cursor.
/// </summary>
public sealed class ShownTextTests
{
    private const string Hostile = "a\u001b[31m\nb";
    private const string Shown = @"a\u001b[31m\nb";

    [Fact]
    public void A_line_of_the_log_is_one_line() => Assert.Equal($"1970-01-01 00:00:00.000Z warn {Shown}",
        LogLine.Of(DateTimeOffset.UnixEpoch, LogLevel.Warning, Hostile));

    [Fact]
    public void The_reason_of_a_failed_command_is_one_line() =>
        Assert.Equal($"meridian-agent: {Shown}", ErrorLine.Of(Hostile));

    [Fact]
    public async Task A_step_of_check_is_one_line()
    {
        var output = new StringWriter();
        await new CheckReport(output, json: false, TimeProvider.System).StepAsync("tunnel", Hostile,
            () => throw new DialException(Hostile));
        Assert.Equal($"{"tunnel",-12} {Shown,-36} {"FAILED",-8} {Shown}{output.NewLine}", output.ToString());
    }

    [Fact]
    public void What_a_gateway_says_is_bounded()
    {
        var much = new string('x', 100_000);
        Assert.Equal(DialException.MaxMessage, new DialException(much).Message.Length);
        Assert.InRange(new Refusal(much, true, 0).Reason.Length, 1, 500);
        Assert.Equal(Shown, new Refusal(Hostile, true, 0).Reason);
    }

    [Fact]
    public async Task The_state_of_an_agent_is_shown_fit_to_be_read()
    {
        using var folder = new AgentTestFolder();
        new AgentStatus(Environment.ProcessId, DateTimeOffset.UnixEpoch, new string('A', 64), 0,
            [new LinkState("gw:8443", Hostile, TunnelForm.Tls, DateTimeOffset.UnixEpoch, Hostile)],
            [new ServiceReport("llm", ServiceHealth.Down, Hostile)]).Write(folder.Folder.Status);

        var (_, output, _) = await folder.RunAsync("status");

        Assert.DoesNotContain('\u001b', output);
        Assert.Equal(3, output.Split(Shown).Length - 1);
    }
}
