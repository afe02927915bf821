namespace Meridian.Operator.Status;

/// <summary>An agent's state at a node, as the status of its TunnelAgent shows it.</summary>
/// <param name="Connections">Number of tunnels that are connected.</param>
/// <param name="Processes">Number of agent processes that they belong to.</param>
/// <param name="Services">Its services with their health, for people.</param>
/// <param name="Refusal">Why a tunnel was refused lately; null for none.</param>
public sealed record AgentState(int Connections, int Processes, string Services, string? Refusal);
