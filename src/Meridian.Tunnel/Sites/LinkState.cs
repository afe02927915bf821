namespace Meridian.Tunnel.Sites;

/// <summary>The state of one of an agent's connections.</summary>
/// <param name="Gateway">Where it goes.</param>
/// <param name="Node">The node at the other end; null while it is not connected.</param>
/// <param name="Form">How it was turned around.</param>
/// <param name="Since">When it became so.</param>
/// <param name="Fault">Why it is not connected; null while it is.</param>
public sealed record LinkState(string Gateway, string? Node, TunnelForm Form, DateTimeOffset Since, string? Fault);
