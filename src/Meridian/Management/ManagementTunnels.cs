using System.Collections.Immutable;
using Meridian.Addresses;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Model;
using Meridian.Running.Features;

namespace Meridian.Management;

/// <summary>The tunnels of the node.</summary>
internal sealed class ManagementTunnels(TunnelFeature tunnels, TunnelEnrollment enrollment,
    Func<ResourceSet> resources) : ITunnels
{
    public ImmutableArray<TunnelStatus> Status => TunnelReport.Of(tunnels.Hub);

    public string? Authority => tunnels.Authority;

    public async Task<EnrollmentOutcome> EnrollAsync(string agent)
    {
        if (RefusalOf(agent) is { } refusal)
            return new EnrollmentOutcome(null, refusal, null);
        if (tunnels.Authority is not { } authority)
            return new EnrollmentOutcome(null, "this node takes no tunnels; start it with --tunnel", null);
        var (issued, fault) = await enrollment.EnrollAsync(agent, authority);
        return new EnrollmentOutcome(issued, null, fault);
    }

    private string? RefusalOf(string agent)
    {
        var agents = resources().TunnelAgents;
        if (!agents.TryGetValue(agent, out var known))
            return $"there is no TunnelAgent named `{agent}`{Suggestion.For(agent, agents.Keys)}";
        return known.Identity.Enrollment ? null
            : $"TunnelAgent {agent} shows who it is by its service account; `identity.enrollment` is false";
    }
}
