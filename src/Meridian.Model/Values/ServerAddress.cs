using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Meridian.Model.Values;

/// <summary>
/// An IP address with an optional port: <c>192.0.2.1</c>, <c>192.0.2.1:53</c>, <c>2001:db8::1</c>,
/// <c>[2001:db8::1]:53</c>.
/// </summary>
public static class ServerAddress
{
    /// <summary>Reads an address; <paramref name="defaultPort"/> is its port where it names none.</summary>
    public static bool TryParse(string text, int defaultPort, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        var (host, port) = Split(text);
        if (!AddressText.TryParse(host, out var address, out _))
            return false;
        var number = defaultPort;
        if (port is not null && !(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number is > 0 and <= ushort.MaxValue))
            return false;
        endPoint = new IPEndPoint(address, number);
        return true;
    }

    private static (string Host, string? Port) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        if (text.StartsWith('[') && text.EndsWith(']'))
            return (text[1..^1], null);
        if (text.StartsWith('[') && colon > 0 && text[colon - 1] == ']')
            return (text[1..(colon - 1)], text[(colon + 1)..]);
        return colon >= 0 && text.IndexOf(':', StringComparison.Ordinal) == colon
            ? (text[..colon], text[(colon + 1)..])
            : (text, null);
    }
}
