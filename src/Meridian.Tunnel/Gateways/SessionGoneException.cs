namespace Meridian.Tunnel.Gateways;

/// <summary>
/// The HTTP client wants to dial: its connection is dying, and what it has not sent may go by another tunnel.
/// </summary>
internal sealed class SessionGoneException() : IOException("the tunnel is going away");
