using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Addresses;

/// <summary>An IP address with a port: <c>192.0.2.1:53</c> or <c>[2001:db8::1]:53</c> (RFC 5952 section 6).</summary>
public static class EndPointText
{
    /// <summary>Reads an address with a port of 0 to 65535, which may not be left out.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        if (text.LastIndexOf(':') is not (> 0 and var colon) || !TryReadHost(text[..colon], out var address)
            || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        endPoint = new IPEndPoint(address, port);
        return true;
    }

    /// <summary>Reads what is known to be an address with a port.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IPEndPoint Parse(string text) => TryParse(text, out var endPoint) ? endPoint
        : throw new FormatException($"`{text}` is not an address and port such as 127.0.0.1:5300 or [::1]:5300");

    /// <summary>Reads the part before the port: an IPv4 address, or an IPv6 address in brackets.</summary>
    public static bool TryReadHost(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (text is ['[', .. var inner, ']'])
            return IpText.TryParse(inner, out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        return IpText.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetwork;
    }
}
