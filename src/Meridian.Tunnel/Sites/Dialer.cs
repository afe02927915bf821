using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Sites;

/// <summary>Makes connections to gateways, and remembers for each of them which form came through.</summary>
public sealed class Dialer(DialOptions options)
{
    /// <summary>The largest answer that is read: a few certificates.</summary>
    private const int MaxAnswer = 256 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>How long a form that is not the best one is tried first, because it came through.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly GatewayConnector _connector = new(options.Proxy);
    private readonly ConcurrentDictionary<GatewayAddress, (TunnelForm Form, DateTimeOffset Until)> _worked = [];

    /// <summary>A connection that is turned around: the gateway sends requests on it, and the agent answers.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="turn">Which of its addresses, counted around.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DialException">No form comes through.</exception>
    public async Task<(Stream Stream, TunnelForm Form)> ReverseAsync(GatewayAddress gateway, int turn,
        CancellationToken cancellationToken)
    {
        DialException? fault = null;
        foreach (var form in FormsFor(gateway))
        {
            try
            {
                var stream = await ReverseAsync(gateway, turn, form, cancellationToken);
                Remember(gateway, form);
                return (stream, form);
            }
            catch (DialException e)
            {
                // What the form says that should have worked is what a person can mend.
                fault ??= e;
            }
        }

        throw fault!;
    }

    /// <summary>The most addresses that one of some gateways has, as far as is known.</summary>
    public int MaxAddresses(IEnumerable<GatewayAddress> gateways) => gateways.Max(_connector.CountOf);

    /// <summary>A connection that is turned around by one form.</summary>
    /// <exception cref="DialException">It does not come through.</exception>
    public async Task<Stream> ReverseAsync(GatewayAddress gateway, int turn, TunnelForm form,
        CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return form switch
            {
                TunnelForm.Tls => await ReverseByTlsAsync(gateway, turn, limit.Token),
                TunnelForm.Upgrade => await ReverseByUpgradeAsync(gateway, turn, limit.Token),
                TunnelForm.WebSocket => await ReverseByWebSocketAsync(gateway, turn, limit.Token),
            };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DialException($"{gateway}: nothing within {Limit.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is SocketException or AuthenticationException or HttpRequestException
            or CryptographicException or WebSocketException or InvalidOperationException
            || (e is IOException and not DialException))
        {
            throw FaultOf(gateway, e);
        }
    }

    /// <summary>The authority of a gateway, known by the digest of its key.</summary>
    /// <exception cref="DialException">The gateway does not answer, or has another one.</exception>
    public static async Task<X509Certificate2> AuthorityAsync(GatewayAddress gateway, string pin, ProxySettings? proxy,
        CancellationToken cancellationToken)
    {
        var dialer = new Dialer(new DialOptions { Authority = null, Certificate = () => null, Proxy = proxy });
        var (status, text) = await dialer.AskAsync(gateway, HttpMethod.Get, TunnelTokens.AuthorityPath, null,
            cancellationToken);
        if (status != 200 || ReadCertificate(text) is not { } authority)
            throw new DialException($"{gateway} is no gateway's port for tunnels: what answers there has no authority");
        return ServerTrust.PinOf(authority) == pin ? authority
            : throw new DialException(
                $"{gateway} is not the gateway that the code is for: its authority is another one");
    }

    /// <summary>Sends text to a gateway over HTTP.</summary>
    /// <exception cref="DialException">It does not answer.</exception>
    public Task<(int Status, string Text)> AskAsync(GatewayAddress gateway, string path, string body,
        CancellationToken cancellationToken) =>
        AskAsync(gateway, HttpMethod.Post, path, new StringContent(body, Encoding.ASCII, "text/plain"),
            cancellationToken);

    /// <summary>A TCP connection, through the proxy where there is one.</summary>
    /// <exception cref="SocketException">It cannot be made.</exception>
    /// <exception cref="DialException">The proxy refuses.</exception>
    public Task<Stream> ConnectAsync(GatewayAddress gateway, int turn, CancellationToken cancellationToken) =>
        _connector.ConnectAsync(gateway, turn, cancellationToken);

    /// <summary>The addresses of a host; where it cannot be resolved now, the last ones that were known.</summary>
    /// <exception cref="SocketException">None were ever known.</exception>
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        _connector.ResolveAsync(host, cancellationToken);

    /// <summary>Carries requests of an HTTP client to a gateway.</summary>
    internal SocketsHttpHandler HandlerFor(GatewayAddress gateway, int turn) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = TlsOptions(SslApplicationProtocol.Http11),
        ConnectCallback = async (_, cancellationToken) =>
            await _connector.ConnectAsync(gateway, turn, cancellationToken),
    };

    /// <summary>The proxy that a gateway is dialled through; null for none.</summary>
    public ProxySettings? ProxyFor(GatewayAddress gateway) => _connector.ProxyFor(gateway);

    // A fault of the proxy is reported as the proxy's, not as the gateway's.
    private static DialException FaultOf(GatewayAddress gateway, Exception e) =>
        DialFault.OfProxy(e) ?? new DialException($"{gateway}: {DialFault.TextOf(e)}", e);

    private static X509Certificate2? ReadCertificate(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IEnumerable<TunnelForm> FormsFor(GatewayAddress gateway) =>
        _worked.TryGetValue(gateway, out var worked) && options.Time.GetUtcNow() < worked.Until
            ? options.Forms.OrderBy(f => f != worked.Form) : options.Forms;

    // Not longer when it works again: after a while the better ones have their turn.
    private void Remember(GatewayAddress gateway, TunnelForm form)
    {
        var now = options.Time.GetUtcNow();
        if (!_worked.TryGetValue(gateway, out var worked) || worked.Form != form || now >= worked.Until)
            _worked[gateway] = (form, now + Memory);
    }

    private async Task<(int Status, string Text)> AskAsync(GatewayAddress gateway, HttpMethod method, string path,
        HttpContent? body, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var client = new HttpClient(HandlerFor(gateway, 0)) { MaxResponseContentBufferSize = MaxAnswer };
        var uri = $"https://{ServerTrust.ServerName}{path}";
        using var request = new HttpRequestMessage(method, uri) { Content = body };
        try
        {
            using var answer = await client.SendAsync(request, limit.Token);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(limit.Token));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DialException($"{gateway}: no answer within {Limit.TotalSeconds:0} s", e);
        }
        catch (HttpRequestException e)
        {
            throw FaultOf(gateway, e);
        }
    }

    private async Task<Stream> ReverseByTlsAsync(GatewayAddress gateway, int turn, CancellationToken cancellationToken)
    {
        var tls = await SecureAsync(gateway, turn, TunnelTokens.ReversedHttp2, cancellationToken);
        if (tls.NegotiatedApplicationProtocol == TunnelTokens.ReversedHttp2)
            return tls;
        await tls.DisposeAsync();
        throw new DialException($"{gateway}: TLS does not agree on {TunnelTokens.ReversedHttp2}: "
            + "something on the way looks into it, or this is no gateway's tunnel port");
    }

    private async Task<Stream> ReverseByUpgradeAsync(GatewayAddress gateway, int turn,
        CancellationToken cancellationToken)
    {
        var tls = await SecureAsync(gateway, turn, SslApplicationProtocol.Http11, cancellationToken);
        try
        {
            var (status, statusLine) = await HeadExchange.SendAsync(tls,
                $"GET {TunnelTokens.ReversePath} HTTP/1.1\r\nHost: {ServerTrust.ServerName}\r\n"
                + $"Connection: Upgrade\r\nUpgrade: {TunnelTokens.Upgrade}\r\nALPN: h2\r\n\r\n", cancellationToken);
            return status == 101 ? tls
                : throw new DialException($"{gateway}: the upgrade is answered with {statusLine}");
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private async Task<Stream> ReverseByWebSocketAsync(GatewayAddress gateway, int turn,
        CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(TunnelTokens.Upgrade);
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            await socket.ConnectAsync(new Uri($"wss://{ServerTrust.ServerName}{TunnelTokens.ReversePath}"),
                new HttpMessageInvoker(HandlerFor(gateway, turn)), cancellationToken);
            return WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<SslStream> SecureAsync(GatewayAddress gateway, int turn, SslApplicationProtocol protocol,
        CancellationToken cancellationToken)
    {
        var tls = new SslStream(await _connector.ConnectAsync(gateway, turn, cancellationToken));
        try
        {
            await tls.AuthenticateAsClientAsync(TlsOptions(protocol), cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions TlsOptions(SslApplicationProtocol protocol)
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
            // Only to ask for the authority, whose digest is known.
            tls.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        return tls;
    }
}
