namespace Meridian.Tunnel.Gateways;

/// <summary>A service behind a tunnel was not reached, and nothing was sent to it.</summary>
public sealed class TunnelException(string message, Exception? inner = null) : IOException(message, inner);
