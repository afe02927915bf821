using System.Globalization;
using System.Net;

namespace Meridian.Tunnel.Sites;

/// <summary>Where agents dial: a host name or an IP address, and a port.</summary>
public sealed record GatewayAddress(string Host, int Port)
{
    /// <summary>The port that is meant where none is written.</summary>
    public const int DefaultPort = 7443;

    /// <exception cref="FormatException">It is none.</exception>
    public static GatewayAddress Parse(string text)
    {
        if (IPEndPoint.TryParse(text, out var endPoint)
            && (text.Contains(']') || endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork))
            return new GatewayAddress(endPoint.Address.ToString(), endPoint.Port == 0 ? DefaultPort : endPoint.Port);
        var colon = text.LastIndexOf(':');
        var (host, port) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown
            || (port.Length > 0 && !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            throw new FormatException($"`{text}` is no gateway: write HOST or HOST:PORT");
        return new GatewayAddress(host, port.Length > 0 ? int.Parse(port, CultureInfo.InvariantCulture) : DefaultPort);
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
