using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Meridian.Model.Values;

/// <summary>
/// An IP address with an optional port: <c>192.0.2.1</c>, <c>192.0.2.1:53</c>, <c>2001:db8::1</c>,
/// <c>[2001:db8::1]:53</c>.
/// </summary>
public static class ServerAddress
{
    public static bool TryParse(string text, int defaultPort, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        if (IPAddress.TryParse(text, out var address) && !text.StartsWith('['))
            endPoint = new IPEndPoint(address, defaultPort);
        else if (!IPEndPoint.TryParse(text, out endPoint))
            return false;
        else if (endPoint.Port == 0)
            endPoint.Port = defaultPort;
        return true;
    }
}
