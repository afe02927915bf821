namespace Meridian.Tunnel.Sites;

/// <summary>No connection to a gateway is made; the message says how far it came.</summary>
public sealed class DialException(string message, Exception? inner = null) : IOException(message, inner);
