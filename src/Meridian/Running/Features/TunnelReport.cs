using System.Collections.Immutable;
using Meridian.Api.Contracts;
using Meridian.Model;
using Meridian.Operator.Status;
using Meridian.Tunnel.Gateways;

namespace Meridian.Running.Features;

/// <summary>What people and custom resources are told of a node's tunnels.</summary>
internal static class TunnelReport
{
    /// <summary>How long a refusal is a condition of its agent.</summary>
    private static readonly TimeSpan RefusalLife = TimeSpan.FromMinutes(10);

    /// <summary>The tunnels that stand.</summary>
    public static ImmutableArray<TunnelStatus> Of(TunnelHub hub) =>
    [
        .. hub.Sessions.Values.SelectMany(s => s).OrderBy(s => s.Agent, StringComparer.Ordinal).ThenBy(s => s.Since)
            .Select(s => new TunnelStatus(s.Agent, s.Instance, s.Version, s.Remote?.ToString() ?? "", s.Since,
                s.IsDraining, s.InFlight, s.RoundTrip?.TotalMilliseconds, s.Labels,
                [.. s.Services.Select(r => new TunnelService(r.Name, r.Health.ToString(), r.Reason))])),
    ];

    /// <summary>How each TunnelAgent is here.</summary>
    public static ImmutableDictionary<string, AgentState> OfAgents(TunnelHub hub, ResourceSet resources,
        DateTimeOffset now) =>
        resources.TunnelAgents.Keys.ToImmutableDictionary(name => name, name => OfAgent(hub, name, now));

    private static AgentState OfAgent(TunnelHub hub, string agent, DateTimeOffset now)
    {
        var sessions = hub.Sessions.GetValueOrDefault(agent, []).Where(s => !s.IsDraining).ToArray();
        var services = sessions.SelectMany(s => s.Services).GroupBy(s => s.Name)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key} {hub.Of(agent, g.Key).Health.ToString().ToLowerInvariant()}");
        var refusal = hub.Records.GetValueOrDefault(agent)?.LastRefusal is { } last && now - last.At < RefusalLife
            ? $"{last.From}: {last.Reason}" : null;
        return new AgentState(sessions.Length, sessions.DistinctBy(s => s.Instance).Count(),
            string.Join(", ", services), refusal);
    }
}
