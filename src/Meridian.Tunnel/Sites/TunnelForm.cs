namespace Meridian.Tunnel.Sites;

/// <summary>How a connection is turned around, the best one first.</summary>
public enum TunnelForm
{
    /// <summary>TLS that agrees on <c>rh2</c>.</summary>
    Tls,

    /// <summary>An HTTP/1.1 <c>Upgrade</c> within TLS: for what looks into it and knows no <c>rh2</c>.</summary>
    Upgrade,

    /// <summary>A WebSocket within TLS: for what lets nothing else through.</summary>
    WebSocket,
}
