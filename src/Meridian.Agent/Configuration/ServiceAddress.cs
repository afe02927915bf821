using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Addresses;
using Meridian.Agent.Services;

namespace Meridian.Agent.Configuration;

/// <summary>Where a service is: a host and a port, or a Unix socket.</summary>
/// <param name="Host">IP address or host name; empty for a Unix socket.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Path">Path of a Unix socket; null for TCP.</param>
internal sealed record ServiceAddress(string Host, int Port, string? Path)
{
    private const string Unix = "unix:";

    /// <summary>The longest path of a Unix socket, in octets (unix(7): sun_path has 108, the last one 0).</summary>
    public const int MaxPath = 107;

    /// <summary>Reads HOST:PORT, [IPV6]:PORT or unix:/PATH; null for anything else.</summary>
    public static ServiceAddress? Parse(string text)
    {
        if (text.StartsWith(Unix, StringComparison.Ordinal))
            return text[Unix.Length..] is ['/', ..] path && Encoding.UTF8.GetByteCount(path) <= MaxPath
                ? new ServiceAddress("", 0, path) : null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out var port) || port == 0)
            return null;
        var host = text[..colon] is ['[', .. var inner, ']'] && inner.Contains(':') ? inner : text[..colon];
        var isHost = IpText.IsMeant(host) ? IpText.TryParse(host, out _)
            : Uri.CheckHostName(host) == UriHostNameType.Dns;
        return isHost ? new ServiceAddress(host, port, null) : null;
    }

    /// <summary>Opens a connection: where a name has several addresses, to the first one that takes it.</summary>
    /// <exception cref="SocketException">It cannot be made.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Path is not null)
            return await ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
                new UnixDomainSocketEndPoint(Path), cancellationToken);
        return IpText.TryParse(Host, out var literal) ? await ConnectAsync(literal, cancellationToken)
            : await new AddressRace(ConnectAsync, TimeProvider.System).RunAsync(await ResolveAsync(cancellationToken),
                cancellationToken);
    }

    private Task<Socket> ConnectAsync(IPAddress address, CancellationToken cancellationToken) =>
        ConnectAsync(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
            new IPEndPoint(address, Port), cancellationToken);

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
    private async Task<IPAddress[]> ResolveAsync(CancellationToken cancellationToken) =>
        [.. (await Dns.GetHostAddressesAsync(Host, cancellationToken)).Where(a => !IsLinkLocal(a))];

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
