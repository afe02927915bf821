using Meridian.Agent.Services;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Tests.Services;

public sealed class ProbeHistoryTests
{
    private static readonly ProbeOutcome Good = new(null);
    private static readonly ProbeOutcome Refused = new("connect: refused");

    [Fact]
    public void Nothing_is_known_before_the_first_probe()
    {
        var history = ProbeHistory.Begin("llm");
        Assert.Equal(new ServiceReport("llm", ServiceHealth.Unknown, "not probed yet"), history.Report);
        Assert.False(history.IsSuspicious);
    }

    [Fact]
    public void One_success_means_up_at_any_time()
    {
        var up = new ServiceReport("llm", ServiceHealth.Up, "the agent's probe succeeds");
        Assert.Equal(up, After(Good).Report);
        Assert.Equal(up, After(Refused, Good).Report);
        Assert.Equal(up, After(Refused, Refused, Refused, Good).Report);
        Assert.False(After(Refused, Good).IsSuspicious);
    }

    [Fact]
    public void One_failure_changes_nothing_and_is_confirmed_at_once()
    {
        Assert.Equal(ServiceHealth.Unknown, After(Refused).Report.Health);
        Assert.Equal(After(Good).Report, After(Good, Refused).Report);
        Assert.True(After(Good, Refused).IsSuspicious);
        Assert.Equal(ServiceHealth.Up, After(Good, Refused, Good, Refused).Report.Health);
    }

    [Fact]
    public void Two_failures_in_a_row_mean_down_with_the_last_reason()
    {
        var history = After(Good, Refused, new ProbeOutcome("timeout"));
        Assert.Equal(new ServiceReport("llm", ServiceHealth.Down, "the agent's probe fails: timeout"), history.Report);
        Assert.False(history.IsSuspicious);
        Assert.Equal("the agent's probe fails: http: 503",
            history.With(new ProbeOutcome("http: 503")).Report.Reason);
    }

    [Fact]
    public void A_load_is_reported_with_the_probe_that_brought_it_alone()
    {
        Assert.Equal(0.5, After(new ProbeOutcome(null, 0.5)).Report.Load);
        Assert.Null(After(new ProbeOutcome(null, 0.5), Good).Report.Load);
    }

    [Fact]
    public void A_reason_is_no_longer_than_gateways_take()
    {
        var endless = new ProbeOutcome(new string('x', 5000));
        var reason = After(endless, endless).Report.Reason;
        Assert.Equal(TunnelTokens.MaxReason, reason.Length);
        Assert.EndsWith("x…", reason, StringComparison.Ordinal);
    }

    private static ProbeHistory After(params ProbeOutcome[] results) =>
        results.Aggregate(ProbeHistory.Begin("llm"), (history, result) => history.With(result));
}
