using System.Collections.Immutable;
using System.Globalization;
using Meridian.Addresses;

namespace Meridian.Tunnel.Sites;

/// <summary>The proxy that gateways are dialled through, and the hosts that are dialled without it.</summary>
/// <param name="Url"><c>http://</c> (CONNECT, RFC 9110 section 9.3.6) or <c>socks5://</c> (RFC 1928), which may carry a
/// user and a password.</param>
/// <param name="Direct">Hosts, domains, addresses and networks, each with a port or without; <c>*</c> for all.</param>
public sealed record ProxySettings(Uri Url, ImmutableArray<string> Direct)
{
    private const int SocksPort = 1080;

    /// <summary>Whether it speaks SOCKS, and not HTTP.</summary>
    public bool IsSocks => Url.Scheme is "socks5" or "socks5h";

    /// <summary>Where it is.</summary>
    public GatewayAddress Address => new(Url.IdnHost.Trim('[', ']'), Url.Port > 0 ? Url.Port : SocksPort);

    /// <summary>Reads what environment variables say; null where they name no proxy.</summary>
    /// <param name="proxy">The proxy, with or without a scheme.</param>
    /// <param name="direct">What <c>NO_PROXY</c> says.</param>
    /// <exception cref="FormatException">It is no proxy that can be used.</exception>
    public static ProxySettings? Of(string? proxy, string? direct)
    {
        if (proxy is not { Length: > 0 })
            return null;
        var url = proxy.Contains("://", StringComparison.Ordinal) ? proxy : $"http://{proxy}";
        if (!UrlText.TryParse(url, out var read) || read.Scheme is not ("http" or "socks5" or "socks5h"))
            throw new FormatException(
                "the proxy of the environment cannot be used: it is such as http://HOST:PORT or socks5://HOST:PORT");
        return new ProxySettings(read, [.. (direct ?? "").Split(',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]);
    }

    /// <summary>Whether a gateway is dialled through it.</summary>
    public bool LeadsTo(GatewayAddress gateway) => !Direct.Any(entry => Matches(entry, gateway));

    public override string ToString() => Address.ToString(); // the URL may carry a password

    private static bool Matches(string entry, GatewayAddress gateway)
    {
        if (entry == "*")
            return true;
        if (NetworkText.TryParse(entry, out var network))
            return IpText.TryParse(gateway.Host, out var address) && network.Contains(address);
        var host = entry;
        if (entry.LastIndexOf(':') is > 0 and var colon && (entry.IndexOf(':') == colon || entry[colon - 1] == ']')
            && int.TryParse(entry[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            if (port != gateway.Port)
                return false;
            host = entry[..colon];
        }

        host = host.Trim('[', ']').TrimStart('.');
        return IpText.TryParse(host, out var own)
            ? IpText.TryParse(gateway.Host, out var theirs) && own.Equals(theirs)
            : gateway.Host.Equals(host, StringComparison.OrdinalIgnoreCase)
                || gateway.Host.EndsWith($".{host}", StringComparison.OrdinalIgnoreCase);
    }
}
