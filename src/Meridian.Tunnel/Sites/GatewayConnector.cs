using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Addresses;

namespace Meridian.Tunnel.Sites;

/// <summary>Makes TCP connections to gateways, through an HTTP proxy where there is one.</summary>
internal sealed class GatewayConnector(Uri? proxy)
{
    private readonly ConcurrentDictionary<string, IPAddress[]> _resolved = [];

    /// <summary>A TCP connection to one of the gateway's addresses.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="turn">Which of its addresses, counted around.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SocketException">It cannot be made.</exception>
    /// <exception cref="DialException">The proxy refuses.</exception>
    public async Task<Stream> ConnectAsync(GatewayAddress gateway, int turn, CancellationToken cancellationToken)
    {
        var to = proxy is null ? gateway : new GatewayAddress(proxy.Host, proxy.Port);
        var addresses = await ResolveAsync(to.Host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses[turn % addresses.Length], to.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (proxy is not null)
                await PassAsync(stream, proxy, gateway, cancellationToken);
            return stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The addresses of a host; where it cannot be resolved now, the last ones that were known.</summary>
    /// <exception cref="SocketException">None were ever known.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IpText.TryParse(host, out var literal))
            return [literal];
        try
        {
            var found = await System.Net.Dns.GetHostAddressesAsync(host, cancellationToken);
            if (found.Length > 0)
                return _resolved[host] = found;
        }
        catch (SocketException) when (_resolved.ContainsKey(host))
        {
            // A name server that is away must not keep the agent from a gateway that is there.
        }

        return _resolved.TryGetValue(host, out var known) ? known
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>How many addresses a gateway has, as far as is known; 1 where a proxy decides.</summary>
    public int CountOf(GatewayAddress gateway) =>
        proxy is null && _resolved.TryGetValue(gateway.Host, out var known) ? known.Length : 1;

    // RFC 9110 section 9.3.6.
    private static async Task PassAsync(Stream stream, Uri proxy, GatewayAddress gateway,
        CancellationToken cancellationToken)
    {
        var (status, statusLine) = await HeadExchange.SendAsync(stream,
            $"CONNECT {gateway} HTTP/1.1\r\nHost: {gateway}\r\n{CredentialsOf(proxy)}\r\n", cancellationToken);
        if (status is not (>= 200 and < 300))
            throw new DialException($"the proxy {proxy.Host}:{proxy.Port} answers {statusLine}");
    }

    private static string CredentialsOf(Uri proxy)
    {
        if (proxy.UserInfo.Length == 0)
            return "";
        var credentials = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo));
        return $"Proxy-Authorization: Basic {Convert.ToBase64String(credentials)}\r\n";
    }
}
