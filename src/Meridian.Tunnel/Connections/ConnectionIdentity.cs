namespace Meridian.Tunnel.Connections;

/// <summary>Who is at the other end of a connection, as its certificate says; null for nobody in particular.</summary>
internal sealed record ConnectionIdentity(string? Agent);
