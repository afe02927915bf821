namespace Meridian.Tunnel.Gateways;

/// <summary>What an agent may do.</summary>
/// <param name="Connections">Tunnels that it may have at this node at a time, all its processes together.</param>
/// <param name="Streams">Connections to services that it may have at a time.</param>
/// <param name="Replicas">Whether several processes may connect with its identity.</param>
/// <param name="Publishes">Whether it may publish a service of this name.</param>
public sealed record AgentGrant(int Connections, int Streams, bool Replicas, Func<string, bool> Publishes);
