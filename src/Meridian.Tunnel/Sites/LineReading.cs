namespace Meridian.Tunnel.Sites;

/// <summary>What a line to a gateway is worth.</summary>
/// <param name="RoundTrip">The shortest of several round trips.</param>
/// <param name="Ahead">How far this host's clock is before the gateway's; it is told in whole seconds.</param>
/// <param name="Down">Octets a second from the gateway, on one connection.</param>
/// <param name="Up">Octets a second towards the gateway, on one connection.</param>
public sealed record LineReading(TimeSpan RoundTrip, TimeSpan Ahead, double Down, double Up);
