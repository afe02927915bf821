namespace Meridian.ExternalDns;

/// <summary>No node took a request, and why.</summary>
public sealed class NodeException(string message) : Exception(message);
