namespace Meridian.Tunnel.Sites;

/// <summary>How a connection is turned around, the best one first.</summary>
public enum TunnelForm
{
    /// <summary>TLS that agrees on <c>rh2</c>.</summary>
    Tls,

    /// <summary>
    /// An HTTP/1.1 <c>Upgrade</c> within TLS: for proxies that look into it and do not know <c>rh2</c>.
    /// </summary>
    Upgrade,

    /// <summary>A WebSocket within TLS: for proxies that let nothing else through.</summary>
    WebSocket,
}
