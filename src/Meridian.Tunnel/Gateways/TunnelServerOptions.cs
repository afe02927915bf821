using System.Collections.Immutable;
using System.Net;

namespace Meridian.Tunnel.Gateways;

/// <summary>What the sockets that agents dial are opened with.</summary>
public sealed record TunnelServerOptions
{
    public required ImmutableArray<IPEndPoint> EndPoints { get; init; }

    /// <summary>Name of the node, as agents are told.</summary>
    public required string Node { get; init; }

    /// <summary>Handshakes that may go on at a time: what a storm of agents that come back costs.</summary>
    public int Handshakes { get; init; } = 32;

    /// <summary>How often a tunnel is looked at: its round trip, and whether its certificate ends.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections a second from one address, in bursts of ten times as many.</summary>
    public int ArrivalsPerSecond { get; init; } = 100;

    /// <summary>Codes and tokens a second from one address, in bursts of ten times as many.</summary>
    public int ProofsPerSecond { get; init; } = 5;

    /// <summary>Tunnels and certificates a second of one agent, in bursts of ten times as many.</summary>
    public int AgentArrivalsPerSecond { get; init; } = 20;
}
