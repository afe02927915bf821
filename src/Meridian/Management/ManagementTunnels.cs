using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Model;
using Meridian.Model.Values;
using Meridian.Running;
using Meridian.Tunnel.Gateways;

namespace Meridian.Management;

/// <summary>The tunnels of the node.</summary>
internal sealed class ManagementTunnels(NodeTunnels tunnels, Func<ResourceSet> resources, TimeProvider time) : ITunnels
{
    public ImmutableArray<TunnelStatus> Status =>
    [
        .. tunnels.Hub.Sessions.Values.SelectMany(s => s)
            .OrderBy(s => s.Agent, StringComparer.Ordinal).ThenBy(s => s.Since).Select(StatusOf),
    ];

    public string? Authority => tunnels.Authority;

    public async Task<EnrollmentOutcome> EnrollAsync(string agent)
    {
        if (RefusalOf(agent) is { } refusal)
            return new EnrollmentOutcome(null, refusal, null);
        if (tunnels.Enroll(agent) is not { } issued)
            return new EnrollmentOutcome(null, "this node takes no tunnels; start it with --tunnel", null);
        return await issued.Stored.WithinLimitAsync(time) is { } fault
            ? new EnrollmentOutcome(null, null, fault)
            : new EnrollmentOutcome(new Enrollment(agent, issued.Code, issued.Expires), null, null);
    }

    private string? RefusalOf(string agent)
    {
        var agents = resources().TunnelAgents;
        if (!agents.TryGetValue(agent, out var known))
            return $"there is no TunnelAgent named `{agent}`{Suggestion.For(agent, agents.Keys)}";
        return known.Identity.Enrollment ? null
            : $"TunnelAgent {agent} shows who it is by its service account; `identity.enrollment` is false";
    }

    private static TunnelStatus StatusOf(TunnelSession session) => new(
        session.Agent, session.Instance, session.Version, session.Remote?.ToString() ?? "", session.Since,
        session.IsDraining, session.InFlight, session.RoundTrip?.TotalMilliseconds, session.Labels,
        [.. session.Services.Select(s => new TunnelService(s.Name, s.Health.ToString(), s.Reason))]);
}
