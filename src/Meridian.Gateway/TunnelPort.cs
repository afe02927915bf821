using System.Net;

namespace Meridian.Gateway;

/// <summary>
/// Tunnels that are dialled at the gateway's TLS ports, which firewalls let through where they block everything else.
/// </summary>
/// <param name="ServerName">The TLS server name by which such a connection is known, in lower case.</param>
/// <param name="Serve">Serves one from its first octet to its end; the token says that the gateway is about to
/// stop.</param>
public sealed record TunnelPort(string ServerName, Func<Stream, EndPoint?, CancellationToken, Task> Serve);
