using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Agent.Configuration;

/// <summary>Where a service is: a host and a port, or a Unix socket.</summary>
/// <param name="Host">IP address or host name; empty for a Unix socket.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Path">Path of a Unix socket; null for TCP.</param>
internal sealed record ServiceAddress(string Host, int Port, string? Path)
{
    private const string Unix = "unix:";

    /// <summary>Null for what is no address.</summary>
    public static ServiceAddress? Parse(string text)
    {
        if (text.StartsWith(Unix, StringComparison.Ordinal))
            return text.Length > Unix.Length
            && text[Unix.Length] == '/' ? new ServiceAddress("", 0, text[Unix.Length..]) : null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out var port) || port == 0)
            return null;
        var host = text[..colon].Trim('[', ']');
        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? null : new ServiceAddress(host, port, null);
    }

    /// <summary>Opens a connection.</summary>
    /// <exception cref="SocketException">It cannot be made.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Path is not null)
            return await OpenAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
                new UnixDomainSocketEndPoint(Path), cancellationToken);
        if (IPAddress.TryParse(Host, out var literal))
            return await OpenAsync(new Socket(literal.AddressFamily, SocketType.Stream,
                ProtocolType.Tcp) { NoDelay = true }, new IPEndPoint(literal, Port), cancellationToken);

        // A name may come to mean the metadata service of a cloud: only who writes such an address means it.
        var allowed = (await Dns.GetHostAddressesAsync(Host, cancellationToken)).FirstOrDefault(a => !IsLinkLocal(a))
            ?? throw new SocketException((int)SocketError.HostUnreachable);
        return await OpenAsync(new Socket(allowed.AddressFamily, SocketType.Stream,
            ProtocolType.Tcp) { NoDelay = true }, new IPEndPoint(allowed, Port), cancellationToken);
    }

    public override string ToString() =>
        Path is not null ? Unix + Path : Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    // 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291 section 2.5.6), also as ::ffff:169.254.x.y.
    private static bool IsLinkLocal(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.IsIPv6LinkLocal
            || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);
    }

    private static async Task<Socket> OpenAsync(Socket socket, EndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
