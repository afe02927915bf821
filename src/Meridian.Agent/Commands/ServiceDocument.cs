namespace Meridian.Agent.Commands;

/// <summary>A service that the agent leads to.</summary>
/// <param name="Name">The name that pools use.</param>
/// <param name="Address">Where it is, as this host reaches it.</param>
/// <param name="Health">What is asked to see whether it is well; null where a connection is enough.</param>
internal sealed record ServiceDocument(string Name, string Address, string? Health);
