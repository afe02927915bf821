using System.Globalization;
using Meridian.Addresses;

namespace Meridian.Tunnel.Sites;

/// <summary>Where agents dial: a host name or an IP address, and a port.</summary>
public sealed record GatewayAddress(string Host, int Port)
{
    /// <summary>The port where none is written.</summary>
    public const int DefaultPort = 7443;

    /// <summary>Reads HOST, HOST:PORT, or [IPV6]:PORT.</summary>
    /// <exception cref="FormatException">It is no such address.</exception>
    public static GatewayAddress Parse(string text)
    {
        var end = text.LastIndexOf(':') is var colon && colon > text.LastIndexOf(']') ? colon : text.Length;
        var host = HostOf(text[..end]);
        var port = end < text.Length ? PortOf(text[(end + 1)..]) : DefaultPort;
        return host is not null && port is { } number ? new GatewayAddress(host, number)
            : throw new FormatException($"`{text}` is no gateway: write HOST or HOST:PORT");
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    // Null for what is no host; an IPv6 address stands in brackets.
    private static string? HostOf(string text)
    {
        if (text is ['[', .. var inner, ']'])
            return IpText.TryParse(inner, out var address) && inner.Contains(':') ? address.ToString() : null;
        return IpText.IsMeant(text) ? IpText.TryParse(text, out _) && !text.Contains(':') ? text : null
            : Uri.CheckHostName(text) == UriHostNameType.Dns ? text : null;
    }

    private static int? PortOf(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;
}
