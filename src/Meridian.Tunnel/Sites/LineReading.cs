namespace Meridian.Tunnel.Sites;

/// <summary>What was measured on the line to a gateway.</summary>
/// <param name="RoundTrip">The shortest of several round trips.</param>
/// <param name="Ahead">How far this host's clock is ahead of the gateway's, which tells whole seconds; negative for
/// behind.</param>
/// <param name="Down">Octets a second from the gateway, on one connection.</param>
/// <param name="Up">Octets a second towards the gateway, on one connection.</param>
public sealed record LineReading(TimeSpan RoundTrip, TimeSpan Ahead, double Down, double Up);
