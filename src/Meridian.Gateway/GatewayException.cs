namespace Meridian.Gateway;

/// <summary>The gateway cannot start; the message says why and what to do.</summary>
public sealed class GatewayException(string message) : Exception(message);
