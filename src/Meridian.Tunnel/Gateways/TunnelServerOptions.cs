using System.Collections.Immutable;
using System.Net;

namespace Meridian.Tunnel.Gateways;

/// <summary>What the sockets that agents dial are opened with.</summary>
public sealed record TunnelServerOptions
{
    public required ImmutableArray<IPEndPoint> EndPoints { get; init; }

    /// <summary>Name of the node, as agents are told.</summary>
    public required string Node { get; init; }

    /// <summary>
    /// Handshakes that may compute at a time, which bounds what a thousand agents that return together cost. One that
    /// waits for the other end does not count.
    /// </summary>
    public int Handshakes { get; init; } = 32;

    /// <summary>Connections of one client (an IPv4 address or an IPv6 /64) that are no tunnels, or none yet.</summary>
    public int NewcomersPerClient { get; init; } = 256;

    /// <summary>The same of all clients: further ones take the places of those that have most.</summary>
    public int Newcomers { get; init; } = 4096;

    /// <summary>How often the round trip of a tunnel is measured, and the end of its certificate checked.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections a second from one address, in bursts of ten times as many.</summary>
    public int ArrivalsPerSecond { get; init; } = 100;

    /// <summary>Codes and tokens a second from one address, in bursts of ten times as many.</summary>
    public int ProofsPerSecond { get; init; } = 5;

    /// <summary>Tunnels and certificates a second of one agent, in bursts of ten times as many.</summary>
    public int AgentArrivalsPerSecond { get; init; } = 20;
}
