namespace Meridian.Tunnel.Wire;

/// <summary>A service of an agent, as the agent sees it.</summary>
/// <param name="Name">Its name in the agent's file.</param>
/// <param name="Health">What the agent's probes say.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Load">How busy it says it is in answers to probes (<c>x-load</c>): 0 idle, 1 full; null where it says
/// nothing.</param>
public sealed record ServiceReport(string Name, ServiceHealth Health, string Reason, double? Load = null);
