namespace Meridian.Tunnel.Sites;

/// <summary>A connection to a gateway could not be made; the message says how far it came.</summary>
public sealed class DialException(string message, Exception? inner = null) : IOException(message, inner);
