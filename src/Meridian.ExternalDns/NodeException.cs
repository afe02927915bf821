namespace Meridian.ExternalDns;

/// <summary>No node could answer a request, and why.</summary>
public sealed class NodeException(string message) : Exception(message);
