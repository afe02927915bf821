namespace Meridian.Tunnel.Gateways;

/// <summary>A tunnel of an agent, as far as it matters to whether another one is admitted.</summary>
/// <param name="Instance">Tells the agent's processes apart.</param>
/// <param name="Started">When the agent's process was started, in ticks.</param>
/// <param name="IsDraining">Whether it takes nothing new.</param>
/// <param name="IsMoved">Whether the agent was asked to dial another one in its place.</param>
internal readonly record struct StandingTunnel(string Instance, long Started, bool IsDraining, bool IsMoved);
