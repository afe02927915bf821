namespace Meridian.Tunnel.Gateways;

/// <summary>
/// The HTTP client asks for another connection: this one is about to end, and what was not sent may go by another
/// tunnel.
/// </summary>
internal sealed class SessionGoneException() : IOException("the tunnel is about to end");
