using System.Collections.Immutable;
using Meridian.Tunnel.Gateways;

namespace Meridian.Running;

/// <summary>What a node counts of its tunnels.</summary>
internal static partial class NodeMetrics
{
    private static ImmutableArray<MetricDescription> Tunnel =>
    [
        new("meridian.tunnel.connections", "{tunnel}",
            "Tunnels that stand; 0 for an agent that was here before: alert on it", ["agent"],
            node => node.Tunnels.Hub.Records.Keys
                .Select(agent => M(SessionsOf(node, agent).Count(s => !s.IsDraining), ("agent", agent)))),
        new("meridian.tunnel.streams", "{connection}", "Connections to services that are open through tunnels",
            ["agent"],
            node => node.Tunnels.Hub.Records.Keys
                .Select(agent => M(SessionsOf(node, agent).Sum(s => s.InFlight), ("agent", agent)))),
        new("meridian.tunnel.round_trip.seconds", "s",
            "The longest round trip of the agent's tunnels, on their control streams", ["agent"],
            node => from agent in node.Tunnels.Hub.Sessions
                    let slowest = agent.Value.Max(s => s.RoundTrip)
                    where slowest is not null
                    select M(slowest.Value.TotalSeconds, ("agent", agent.Key))),
        new("meridian.tunnel.bytes", "By", "Octets of connections to services, by direction", ["agent", "direction"],
            node => node.Tunnels.Hub.Records.SelectMany(r => new[]
            {
                M(r.Value.ToAgent, ("agent", r.Key), ("direction", "to_agent")),
                    M(r.Value.FromAgent, ("agent", r.Key), ("direction", "from_agent")),
            })) { Counter = true },
        new("meridian.tunnel.events", "{tunnel}",
            "Tunnels that were opened, that ended without a word before, and that were refused", ["agent", "event"],
            node => node.Tunnels.Hub.Records.SelectMany(r => new[]
            {
                M(r.Value.Connected, ("agent", r.Key), ("event", "connected")),
                    M(r.Value.Lost, ("agent", r.Key), ("event", "lost")),
                    M(r.Value.Refused, ("agent", r.Key), ("event", "refused")),
            })) { Counter = true },
    ];

    private static ImmutableArray<TunnelSession> SessionsOf(Node node, string agent) =>
        node.Tunnels.Hub.Sessions.GetValueOrDefault(agent, []);
}
