using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Addresses;

namespace Meridian.Tunnel.Sites;

/// <summary>Makes TCP connections to gateways, through a proxy where there is one.</summary>
internal sealed class GatewayConnector(ProxySettings? proxy)
{
    /// <summary>Shorter than a whole attempt to dial may take, so that it is known who did not answer.</summary>
    private static readonly TimeSpan ProxyLimit = TimeSpan.FromSeconds(8);

    private readonly ConcurrentDictionary<string, IPAddress[]> _resolved = [];

    /// <summary>A TCP connection to one of the gateway's addresses.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="turn">Which of its addresses, counted around.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SocketException">It cannot be made.</exception>
    /// <exception cref="DialException">The proxy cannot be reached, or refuses.</exception>
    public async Task<Stream> ConnectAsync(GatewayAddress gateway, int turn, CancellationToken cancellationToken)
    {
        if (ProxyFor(gateway) is not { } way)
            return await OpenAsync(gateway, turn, cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProxyLimit);
        try
        {
            var stream = await OpenAsync(way.Address, turn, limit.Token);
            try
            {
                await PassAsync(stream, way, gateway, limit.Token);
                return stream;
            }
            catch
            {
                await stream.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new DialException($"the proxy {way}: {DialFault.TextOf(e)}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DialException($"the proxy {way}: nothing within {ProxyLimit.TotalSeconds:0} s", e);
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
        ProxyFor(gateway) is null && _resolved.TryGetValue(gateway.Host, out var known) ? known.Length : 1;

    /// <summary>The proxy that a gateway is dialled through; null for none.</summary>
    public ProxySettings? ProxyFor(GatewayAddress gateway) =>
        proxy is not null && proxy.LeadsTo(gateway) ? proxy : null;

    private async Task<Stream> OpenAsync(GatewayAddress to, int turn, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(to.Host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses[turn % addresses.Length], to.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task PassAsync(Stream stream, ProxySettings proxy, GatewayAddress gateway,
        CancellationToken cancellationToken)
    {
        if (proxy.IsSocks)
        {
            await SocksExchange.SendAsync(stream, gateway, proxy.Url.UserInfo, cancellationToken);
            return;
        }

        // RFC 9110 section 9.3.6.
        var (status, statusLine) = await HeadExchange.SendAsync(stream,
            $"CONNECT {gateway} HTTP/1.1\r\nHost: {gateway}\r\n{CredentialsOf(proxy.Url)}\r\n", cancellationToken);
        if (status is not (>= 200 and < 300))
            throw new DialException($"it answers {statusLine}");
    }

    private static string CredentialsOf(Uri proxy)
    {
        if (proxy.UserInfo.Length == 0)
            return "";
        var credentials = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo));
        return $"Proxy-Authorization: Basic {Convert.ToBase64String(credentials)}\r\n";
    }
}
