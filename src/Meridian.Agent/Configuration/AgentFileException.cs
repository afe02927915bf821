namespace Meridian.Agent.Configuration;

/// <summary>The agent's file has a fault; the message says where.</summary>
internal sealed class AgentFileException(string message) : Exception(message);
