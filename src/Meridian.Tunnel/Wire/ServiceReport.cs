namespace Meridian.Tunnel.Wire;

/// <summary>A service of an agent, as the agent sees it.</summary>
/// <param name="Name">Its name in the agent's file.</param>
/// <param name="Health">What the agent's probes say.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record ServiceReport(string Name, ServiceHealth Health, string Reason);
