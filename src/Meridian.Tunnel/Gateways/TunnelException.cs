namespace Meridian.Tunnel.Gateways;

/// <summary>A service behind a tunnel is not reached; it has seen nothing of what was to be sent.</summary>
public sealed class TunnelException(string message, Exception? inner = null) : IOException(message, inner);
