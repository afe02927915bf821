namespace Meridian.Running;

/// <summary>The node cannot start; the message says why and what to do.</summary>
internal sealed class StartException(string message) : Exception(message);
