using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Sites;

/// <summary>Makes connections to gateways, and remembers for each of them which form came through.</summary>
public sealed class Dialer(DialOptions options)
{
    private const int MaxHead = 8 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<GatewayAddress, TunnelForm> _good = [];
    private readonly ConcurrentDictionary<string, IPAddress[]> _resolved = [];

    /// <summary>A connection that is turned around: whoever answers on it is the gateway's to ask.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="turn">Which of its addresses, counted around.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DialException">No form comes through.</exception>
    public async Task<(Stream Stream, TunnelForm Form)> ReverseAsync(GatewayAddress gateway, int turn,
        CancellationToken cancellationToken)
    {
        DialException? last = null;
        var first = _good.TryGetValue(gateway, out var good) ? good : options.Forms[0];
        foreach (var form in options.Forms.OrderBy(f => f == first ? -1 : (int)f))
        {
            try
            {
                var stream = await ReverseAsync(gateway, turn, form, cancellationToken);
                _good[gateway] = form;
                return (stream, form);
            }
            catch (DialException e)
            {
                last = e;
            }
        }

        throw last!;
    }

    /// <summary>A connection that is turned around by one form.</summary>
    /// <exception cref="DialException">It does not come through.</exception>
    public async Task<Stream> ReverseAsync(GatewayAddress gateway, int turn, TunnelForm form,
        CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            if (form == TunnelForm.WebSocket)
                return await WebSocketAsync(gateway, turn, limit.Token);
            var tls = await SecureAsync(gateway, turn,
                form == TunnelForm.Tls ? TunnelTokens.ReversedHttp2 : SslApplicationProtocol.Http11, limit.Token);
            if (form == TunnelForm.Upgrade)
                await UpgradeAsync(tls, gateway, limit.Token);
            else if (tls.NegotiatedApplicationProtocol != TunnelTokens.ReversedHttp2)
                throw new DialException($"{gateway}: TLS does not agree on {TunnelTokens.ReversedHttp2}: something on the way looks into it, or this is no gateway's tunnel port");
            return tls;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DialException($"{gateway}: nothing within {Limit.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is SocketException or AuthenticationException or HttpRequestException
            or WebSocketException or InvalidOperationException || (e is IOException and not DialException))
        {
            throw new DialException($"{gateway}: {WordsOf(e)}", e);
        }
    }

    /// <summary>The authority of a gateway, known by the digest of its key.</summary>
    /// <exception cref="DialException">The gateway does not answer, or has another one.</exception>
    public static async Task<X509Certificate2> AuthorityAsync(GatewayAddress gateway, string pin, Uri? proxy,
        CancellationToken cancellationToken)
    {
        var dialer = new Dialer(new DialOptions { Authority = null, Certificate = () => null, Proxy = proxy });
        var (status, text) = await dialer.AskAsync(gateway, HttpMethod.Get, TunnelTokens.AuthorityPath, null,
            cancellationToken);
        if (status == 200 && X509Certificate2.CreateFromPem(text) is { } authority
            && ServerTrust.PinOf(authority) == pin)
            return authority;
        throw new DialException($"{gateway} is not the gateway that the code is for: its authority is another one");
    }

    /// <summary>Asks a gateway something over HTTP.</summary>
    /// <exception cref="DialException">It does not answer.</exception>
    public Task<(int Status, string Text)> AskAsync(GatewayAddress gateway, string path, string body,
        CancellationToken cancellationToken) =>
        AskAsync(gateway, HttpMethod.Post, path, new StringContent(body, Encoding.ASCII, "text/plain"),
            cancellationToken);

    private async Task<(int Status, string Text)> AskAsync(GatewayAddress gateway, HttpMethod method, string path,
        HttpContent? body, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var client = new HttpClient(Handler(gateway, 0));
        try
        {
            using var request = new HttpRequestMessage(method,
                $"https://{ServerTrust.ServerName}{path}") { Content = body };
            using var answer = await client.SendAsync(request, limit.Token);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(limit.Token));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DialException($"{gateway}: no answer within {Limit.TotalSeconds:0} s", e);
        }
        catch (HttpRequestException e)
        {
            throw new DialException($"{gateway}: {WordsOf(e)}", e);
        }
    }

    /// <summary>A TCP connection, through the proxy where there is one.</summary>
    /// <exception cref="SocketException">It cannot be made.</exception>
    /// <exception cref="DialException">The proxy refuses.</exception>
    public async Task<Stream> ConnectAsync(GatewayAddress gateway, int turn, CancellationToken cancellationToken)
    {
        var to = options.Proxy is { } proxy ? new GatewayAddress(proxy.Host, proxy.Port) : gateway;
        var addresses = await ResolveAsync(to.Host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses[turn % addresses.Length], to.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Proxy is not null)
            {
                var head = await ExchangeAsync(stream,
                    $"CONNECT {gateway} HTTP/1.1\r\nHost: {gateway}\r\n{Credentials()}\r\n", cancellationToken);
                if (StatusOf(head) is not (>= 200 and < 300))
                    throw new DialException($"the proxy {options.Proxy.Host}:{options.Proxy.Port} answers {head.Split('\r')[0]}");
            }

            return stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The addresses of a host: the last ones that were known where nobody knows it now.</summary>
    /// <exception cref="SocketException">There never were any.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
            return [literal];
        try
        {
            var found = await System.Net.Dns.GetHostAddressesAsync(host, cancellationToken);
            if (found.Length > 0)
                return _resolved[host] = found;
        }
        catch (SocketException) when (_resolved.ContainsKey(host))
        {
            // A name server that is away does not take the way to a gateway that is there.
        }

        return _resolved.TryGetValue(host, out var known)
            ? known : throw new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<SslStream> SecureAsync(GatewayAddress gateway, int turn, SslApplicationProtocol protocol,
        CancellationToken cancellationToken)
    {
        var tls = new SslStream(await ConnectAsync(gateway, turn, cancellationToken));
        try
        {
            await tls.AuthenticateAsClientAsync(Tls(protocol), cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions Tls(SslApplicationProtocol protocol)
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = ServerTrust.ServerName,
            ApplicationProtocols = [protocol],
            ClientCertificateContext = options.Certificate() is { } own
                ? SslStreamCertificateContext.Create(own, null, offline: true) : null,
        };
        if (options.Authority is { } authority)
            ServerTrust.Apply(tls, authority);
        else
            // only to ask for the authority, whose digest is known
            tls.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        return tls;
    }

    private static async Task UpgradeAsync(SslStream tls, GatewayAddress gateway, CancellationToken cancellationToken)
    {
        var head = await ExchangeAsync(tls,
            $"GET {TunnelTokens.ReversePath} HTTP/1.1\r\nHost: {ServerTrust.ServerName}\r\nConnection: Upgrade\r\nUpgrade: {TunnelTokens.Upgrade}\r\nALPN: h2\r\n\r\n", cancellationToken);
        if (StatusOf(head) != 101)
        {
            await tls.DisposeAsync();
            throw new DialException($"{gateway}: the upgrade is answered with {head.Split('\r')[0]}");
        }
    }

    private async Task<Stream> WebSocketAsync(GatewayAddress gateway, int turn, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(TunnelTokens.Upgrade);
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            await socket.ConnectAsync(new Uri($"wss://{ServerTrust.ServerName}{TunnelTokens.ReversePath}"),
                new HttpMessageInvoker(Handler(gateway, turn)), cancellationToken);
            return WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal SocketsHttpHandler Handler(GatewayAddress gateway, int turn) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = Tls(SslApplicationProtocol.Http11),
        ConnectCallback = async (_, cancellationToken) => await ConnectAsync(gateway, turn, cancellationToken),
    };

    private string Credentials() => options.Proxy is { UserInfo.Length: > 0 } proxy
        ? $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo)))}\r\n"
        : "";

    // Octet by octet: what follows the head is not ours to read.
    private static async Task<string> ExchangeAsync(Stream stream, string request, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        var head = new byte[MaxHead];
        for (var length = 0; length < head.Length; length++)
        {
            if (await stream.ReadAsync(head.AsMemory(length, 1), cancellationToken) == 0)
                throw new DialException("the connection ended before an answer");
            if (head.AsSpan(0, length + 1).EndsWith("\r\n\r\n"u8))
                return Encoding.ASCII.GetString(head, 0, length);
        }

        throw new DialException("the answer does not end");
    }

    private static int StatusOf(string head) =>
        head.Split(' ') is [_, var status, ..]
        && int.TryParse(status[..Math.Min(3, status.Length)], out var number) ? number : 0;

    private static string WordsOf(Exception e) => e switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound } => "nobody knows this name",
        AuthenticationException => $"TLS: {e.InnerException?.Message ?? e.Message}",
        _ when e.InnerException is SocketException or AuthenticationException => WordsOf(e.InnerException),
        _ => e.Message,
    };
}
