using Meridian.Addresses;

namespace Meridian.Tunnel.Sites;

/// <summary>A connection to a gateway could not be made; the message says how far it came.</summary>
public sealed class DialException(string message, Exception? inner = null) : IOException(
    DisplayText.Bound(message, MaxMessage), inner)
{
    /// <summary>The most characters of a message: those at the other end may have said some of it.</summary>
    public const int MaxMessage = 500;
}
