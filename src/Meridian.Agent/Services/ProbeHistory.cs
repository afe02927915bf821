using Meridian.Addresses;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Services;

/// <summary>
/// What probes of a service add up to: one that succeeds means up, two in a row that fail mean down.
/// </summary>
/// <param name="Report">What is reported to gateways.</param>
/// <param name="Failures">Probes in a row that have failed.</param>
internal sealed record ProbeHistory(ServiceReport Report, int Failures)
{
    private const int FailuresUntilDown = 2;

    /// <summary>Nothing is known yet.</summary>
    public static ProbeHistory Begin(string service) =>
        new(new ServiceReport(service, ServiceHealth.Unknown, "not probed yet"), 0);

    /// <summary>Whether the next probe is to come at once, because it decides.</summary>
    public bool IsSuspicious => Failures is > 0 and < FailuresUntilDown;

    /// <summary>The history with one probe more.</summary>
    public ProbeHistory With(ProbeOutcome outcome)
    {
        if (outcome.Fault is null)
            return new ProbeHistory(
                new ServiceReport(Report.Name, ServiceHealth.Up, "the agent's probe succeeds", outcome.Load), 0);
        var failures = Math.Min(Failures + 1, FailuresUntilDown);
        return new ProbeHistory(failures < FailuresUntilDown ? Report
            : new ServiceReport(Report.Name, ServiceHealth.Down,
                DisplayText.Bound($"the agent's probe fails: {outcome.Fault}", TunnelTokens.MaxReason)), failures);
    }
}
