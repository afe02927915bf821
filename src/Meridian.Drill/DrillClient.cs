using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Drill;

/// <summary>
/// Checks a URL as a simple client does: look up, connect to the addresses in turn, ask once on a new connection; or
/// through a gateway, whose address is given.
/// </summary>
public sealed class DrillClient(DrillOptions options, DrillWay way, TimeProvider time)
{
    private readonly StubResolver _resolver = new(options.Resolver, options.Timeout, time);

    public async Task<DrillCheck> CheckAsync(int number, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        string? address = null;
        try
        {
            ImmutableArray<IPAddress> addresses = way == DrillWay.Gateway
                ? [options.Gateway!.Address]
                : await _resolver.ResolveAsync(options.Url.IdnHost, both.Token);
            address = addresses[0].ToString();
            var (status, site) = await AskAsync(addresses, a => address = a, both.Token);
            return new DrillCheck(number, at, address, site, status, time.GetElapsedTime(started), null,
                status == options.Expect, way);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var error = timeout.IsCancellationRequested
                ? string.Create(CultureInfo.InvariantCulture, $"timeout after {options.Timeout.TotalSeconds:0.#} s")
                : Reason(e);
            return new DrillCheck(number, at, address, null, null, time.GetElapsedTime(started), error, false,
                way);
        }
    }

    private async Task<(int Status, string? Site)> AskAsync(
        ImmutableArray<IPAddress> addresses, Action<string> connected, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = async (context, token) =>
            {
                var (socket, address) = await ConnectAsync(addresses,
                    way == DrillWay.Gateway ? options.Gateway!.Port : context.DnsEndPoint.Port, token);
                connected(address.ToString());
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, options.Url);
        request.Headers.ConnectionClose = true;
        using var response = await client.SendAsync(request, cancellationToken);
        await response.Content.CopyToAsync(Stream.Null, cancellationToken);
        var site = response.Headers.TryGetValues(options.SiteHeader, out var values) ? values.FirstOrDefault() : null;
        return ((int)response.StatusCode, site);
    }

    private static async Task<(Socket Socket, IPAddress Address)> ConnectAsync(
        ImmutableArray<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken);
                return (socket, addresses[i]);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static string Reason(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is SocketException socket)
                return socket.SocketErrorCode == SocketError.ConnectionRefused
                    ? "connection refused"
                    : $"connection: {socket.SocketErrorCode}";
        }

        return exception.Message.TrimEnd('.');
    }
}
