namespace Meridian.Operator.Status;

/// <summary>How an agent is at a node, as far as the status of its TunnelAgent tells it.</summary>
/// <param name="Connections">Tunnels that stand.</param>
/// <param name="Processes">Processes that they are of.</param>
/// <param name="Services">Its services with their health, for people.</param>
/// <param name="Refusal">Why a tunnel was refused lately; null for none.</param>
public sealed record AgentState(int Connections, int Processes, string Services, string? Refusal);
