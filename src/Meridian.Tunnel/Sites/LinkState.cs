namespace Meridian.Tunnel.Sites;

/// <summary>How one of an agent's connections is.</summary>
/// <param name="Gateway">Where it goes.</param>
/// <param name="Node">The node at the other end; null while it does not stand.</param>
/// <param name="Form">How it was turned around.</param>
/// <param name="Since">Since when it is like this.</param>
/// <param name="Fault">Why it does not stand; null while it does.</param>
public sealed record LinkState(string Gateway, string? Node, TunnelForm Form, DateTimeOffset Since, string? Fault);
