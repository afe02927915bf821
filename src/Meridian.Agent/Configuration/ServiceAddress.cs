using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Meridian.Addresses;

namespace Meridian.Agent.Configuration;

/// <summary>Where a service is: a host and a port, or a Unix socket.</summary>
/// <param name="Host">IP address or host name; empty for a Unix socket.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Path">Path of a Unix socket; null for TCP.</param>
internal sealed record ServiceAddress(string Host, int Port, string? Path)
{
    private const string Unix = "unix:";

    /// <summary>Reads HOST:PORT, [IPV6]:PORT or unix:/PATH; null for anything else.</summary>
    public static ServiceAddress? Parse(string text)
    {
        if (text.StartsWith(Unix, StringComparison.Ordinal))
            return text[Unix.Length..] is ['/', ..] path ? new ServiceAddress("", 0, path) : null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out var port) || port == 0)
            return null;
        var host = text[..colon] is ['[', .. var inner, ']'] && inner.Contains(':') ? inner : text[..colon];
        var isHost = IpText.IsMeant(host) ? IpText.TryParse(host, out _)
            : Uri.CheckHostName(host) == UriHostNameType.Dns;
        return isHost ? new ServiceAddress(host, port, null) : null;
    }

    /// <summary>Opens a connection.</summary>
    /// <exception cref="SocketException">It cannot be made.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Path is not null)
            return await ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
                new UnixDomainSocketEndPoint(Path), cancellationToken);
        var address = IpText.TryParse(Host, out var literal) ? literal : await ResolveAsync(cancellationToken);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        return await ConnectAsync(socket, new IPEndPoint(address, Port), cancellationToken);
    }

    public override string ToString() =>
        Path is not null ? Unix + Path : Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>
    /// Whether an address is link-local: 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 section 2.5.6), also as
    /// ::ffff:169.254.x.y.
    /// </summary>
    public static bool IsLinkLocal(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.IsIPv6LinkLocal
            || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);
    }

    // A name may be made to point to the metadata service of a cloud. Who means that has to write its address.
    private async Task<IPAddress> ResolveAsync(CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(Host, cancellationToken);
        return addresses.FirstOrDefault(a => !IsLinkLocal(a))
            ?? throw new SocketException((int)SocketError.HostUnreachable);
    }

    private static async Task<Socket> ConnectAsync(Socket socket, EndPoint endPoint,
        CancellationToken cancellationToken)
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
