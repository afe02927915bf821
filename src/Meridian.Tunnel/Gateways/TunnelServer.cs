using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// The sockets that agents dial. TLS is spoken here; a connection that is turned around becomes a tunnel, and another
/// one is served by Kestrel: enrolment, renewal, and the ways to turn a connection around that pass through proxies.
/// </summary>
public sealed class TunnelServer : IAsyncDisposable
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(25);

    private readonly TunnelServerOptions _options;
    private readonly CertificateAuthority _authority;
    private readonly ITunnelPolicy _policy;
    private readonly TunnelHub _hub;
    private readonly Action<string, string> _log;
    private readonly TimeProvider _time;
    private readonly ArrivalLimiter<IPAddress> _arrivals;
    private readonly ArrivalLimiter<IPAddress> _proofs;
    private readonly ArrivalLimiter<string> _agents;
    private readonly SemaphoreSlim _handshakes;
    private readonly StreamListener _served = new();
    private readonly LineMeasure _measure;
    private readonly SslStreamCertificateContext _certificate;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private WebApplication? _app;

    private TunnelServer(TunnelServerOptions options, CertificateAuthority authority, ITunnelPolicy policy,
        TunnelHub hub, Action<string, string> log, TimeProvider time)
    {
        (_options, _authority, _policy, _hub, _log, _time) = (options, authority, policy, hub, log, time);
        _measure = new LineMeasure(time);
        _arrivals = new(options.ArrivalsPerSecond, time);
        _proofs = new(options.ProofsPerSecond, time);
        _agents = new(options.AgentArrivalsPerSecond, time);
        _handshakes = new SemaphoreSlim(options.Handshakes);
        _certificate = SslStreamCertificateContext.Create(authority.IssueServer(), null, offline: true);
    }

    /// <summary>Where it listens.</summary>
    public IEnumerable<IPEndPoint> EndPoints => _sockets.Select(s => (IPEndPoint)s.LocalEndPoint!);

    /// <summary>Opens the sockets.</summary>
    /// <param name="options">Where.</param>
    /// <param name="authority">Who vouches for agents.</param>
    /// <param name="policy">Who may come.</param>
    /// <param name="hub">Where tunnels are put.</param>
    /// <param name="log">What happens: the agent, and the words.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SocketException">An address cannot be listened at.</exception>
    public static async Task<TunnelServer> StartAsync(
        TunnelServerOptions options, CertificateAuthority authority, ITunnelPolicy policy, TunnelHub hub,
        Action<string, string> log, TimeProvider time)
    {
        var server = new TunnelServer(options, authority, policy, hub, log, time);
        try
        {
            await server.ListenAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Takes no new tunnels, and asks every agent to dial another node, one tunnel after the other, so that they do not
    /// all come there together. The tunnels lead on until they are closed.
    /// </summary>
    /// <param name="over">The time that the requests to move are spread over.</param>
    public async Task MoveAsync(TimeSpan over)
    {
        CloseSockets();
        var sessions = _hub.Sessions.Values.SelectMany(s => s).ToArray();
        foreach (var session in sessions)
        {
            try
            {
                await session.MoveAsync(_stop.Token);
                await Task.Delay(over / sessions.Length, _time, _stop.Token);
            }
            catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
            {
                // It is gone already.
            }
        }
    }

    /// <summary>Waits until what is under way has ended, or the limit is reached.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        var sessions = _hub.Sessions.Values.SelectMany(s => s).ToArray();
        foreach (var session in sessions)
            session.Drain();
        var began = _time.GetTimestamp();
        while (sessions.Any(s => s.InFlight > 0) && _time.GetElapsedTime(began) < limit)
            await Task.Delay(TimeSpan.FromMilliseconds(50), _time);
    }

    /// <summary>
    /// The policy has changed: who may not be here any more is cut off, and what may not be published is not.
    /// </summary>
    public async Task ReviewAsync()
    {
        foreach (var session in _hub.Sessions.Values.SelectMany(s => s))
        {
            if (_policy.Find(session.Agent) is { } grant)
                session.Review(grant);
            else
                await session.DisposeAsync();
        }

        _hub.Keep(agent => _policy.Find(agent) is not null);
        _hub.Touch();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        CloseSockets();
        foreach (var session in _hub.Sessions.Values.SelectMany(s => s))
            await session.DisposeAsync();
        if (_app is not null)
            await _app.DisposeAsync();
    }

    private void CloseSockets()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    private async Task ListenAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IConnectionListenerFactory>(_served);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Limits.MaxRequestBodySize = TunnelTokens.MaxLine;
            k.Limits.MaxConcurrentUpgradedConnections = null;
            k.Listen(new StreamEndPoint(), l => l.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        foreach (var endPoint in _options.EndPoints)
        {
            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            socket.Bind(endPoint);
            socket.Listen(1024);
            _ = AcceptAsync(socket);
        }
    }

    private async Task AcceptAsync(Socket socket)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var accepted = await socket.AcceptAsync(_stop.Token);
                accepted.NoDelay = true;
                if (_arrivals.TryTake(((IPEndPoint)accepted.RemoteEndPoint!).Address))
                    _ = TakeAsync(new NetworkStream(accepted, ownsSocket: true), accepted.RemoteEndPoint);
                else
                    accepted.Dispose();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The one that was accepted is gone already; or descriptors have run out, and some will come back.
                await Task.Delay(TimeSpan.FromMilliseconds(50), _time, CancellationToken.None);
            }
        }
    }

    /// <summary>Serves a connection that came by another port, from its first octet to its end.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="remote">From where.</param>
    /// <param name="stopping">Says that the port is about to be closed: what is under way may end, and the connection
    /// with it.</param>
    public async Task ServeAsync(Stream connection, EndPoint? remote, CancellationToken stopping)
    {
        await using var leaving = stopping.Register(() => _ = CloseAsync(connection));
        if (remote is IPEndPoint { Address: var address } && !_arrivals.TryTake(address))
            await connection.DisposeAsync();
        else if (await TakeAsync(connection, remote) is { } served)
            await served.Ended;
    }

    private async Task CloseAsync(Stream connection)
    {
        var began = _time.GetTimestamp();
        while (_hub.Sessions.Values.SelectMany(s => s).Any(s => s.InFlight > s.Kept)
            && _time.GetElapsedTime(began) < CloseLimit)
            await Task.Delay(TimeSpan.FromMilliseconds(50), _time);
        await connection.DisposeAsync();
    }

    // What Kestrel serves goes on when this returns.
    private async Task<StreamConnection?> TakeAsync(Stream connection, EndPoint? remote)
    {
        var tls = new SslStream(connection);
        var (agent, renewing) = ((string?)null, (string?)null);
        try
        {
            await _handshakes.WaitAsync(_stop.Token);
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                limit.CancelAfter(HandshakeLimit);
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = _certificate,
                    ApplicationProtocols = [TunnelTokens.ReversedHttp2, SslApplicationProtocol.Http11],
                    ClientCertificateRequired = true,
                    CertificateChainPolicy = _authority.AgentPolicy,
                    RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    {
                        if (certificate is not X509Certificate2 shown)
                            return certificate is null; // who has none yet may enrol
                        agent = errors == SslPolicyErrors.None ? AgentName.Of(shown) : null;
                        renewing = agent ?? _authority.RenewableAgentOf(shown);
                        return renewing is not null;
                    },
                }, limit.Token);
            }
            finally
            {
                _handshakes.Release();
            }

            if (tls.NegotiatedApplicationProtocol == TunnelTokens.ReversedHttp2)
            {
                if (agent is null)
                    await tls.DisposeAsync();
                else
                    await RunAsync(tls, agent, EndOf(tls), remote);
            }
            else
            {
                var served = new StreamConnection(tls, remote, agent, renewing, EndOf(tls));
                if (_served.Serve(served))
                    return served;
                await tls.DisposeAsync();
            }
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException
            or ObjectDisposedException)
        {
            if (e is AuthenticationException)
                _log("", $"{remote}: {e.InnerException?.Message ?? e.Message}");
            await tls.DisposeAsync();
        }

        return null;
    }

    // From a connection that is turned around to its end.
    private async Task RunAsync(Stream stream, string agent, DateTimeOffset until, EndPoint? remote)
    {
        await using var session = new TunnelSession(stream, agent, remote, _hub.RecordOf(agent),
            _time) { Since = _time.GetUtcNow(), Until = until };
        try
        {
            var hello = await session.OpenAsync(_stop.Token);
            if (Refuse(session, hello) is { } refusal)
            {
                session.Record.Refuse(new RefusedTunnel(_time.GetUtcNow(), remote?.ToString() ?? "", refusal.Reason));
                _log(agent, $"agent {agent} at {remote} is refused: {refusal.Reason}");
                _hub.Touch();
                await session.WriteAsync(new GatewayLine { Refusal = refusal }, _stop.Token);
                await Task.Delay(TimeSpan.FromMilliseconds(200), _time, _stop.Token); // the word goes before the end
                return;
            }

            var refused = hello.Services.Where(s => !session.Services.Contains(s))
                .Select(s => $"{s.Name}: TunnelAgent {agent} does not say that it publishes this").ToImmutableArray();
            foreach (var service in refused)
                _log(agent, $"agent {agent} at {remote} offers a service that it may not publish: {service}");
            await session.WriteAsync(new GatewayLine { Welcome = new Welcome(_options.Node, refused) }, _stop.Token);
            _hub.Add(session);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            _log(agent, $"agent {agent} at {remote} does not get in: {e.Message}");
            return;
        }

        _log(agent, $"agent {agent} at {remote} is connected");
        var watching = session.WatchAsync(_options.Look);
        var why = await session.RunAsync(_hub.Touch, _hub.Report);
        session.Record.Ended(told: session.IsDraining || session.IsMoved);
        session.Drain();
        _hub.Remove(session);
        _log(agent, $"agent {agent} at {remote} is disconnected: {why}");
        await session.DisposeAsync();
        await watching;
    }

    private Refusal? Refuse(TunnelSession session, Hello hello)
    {
        if (_policy.Find(session.Agent) is not { } grant)
            return new Refusal($"there is no TunnelAgent {session.Agent}", true, 0);
        if (!_agents.TryTake(session.Agent))
            return new Refusal($"agent {session.Agent} comes too often", false, 10);
        var others = _hub.Sessions.GetValueOrDefault(session.Agent, []);
        if (!grant.Replicas && others.Any(o => !o.IsDraining && o.Instance != hello.Instance))
            return new Refusal($"another process is connected as {session.Agent}; `replicas: true` allows several",
                false, 5);
        session.Review(grant);

        // A process that takes over from another may have as many beside it.
        return others.Count(o => o is { IsDraining: false, IsMoved: false }
            && !(o.Instance == hello.Instance && o.Started < hello.Started)) >= grant.Connections
            ? new Refusal($"agent {session.Agent} has {grant.Connections} tunnels here, and may not have more", false,
                30) : null;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (agent, renewing, _) = context.Features.Get<ConnectionIdentity>()!;
        switch (context.Request.Path.Value)
        {
            case TunnelTokens.AuthorityPath when HttpMethods.IsGet(context.Request.Method):
                await SayAsync(context, 200, _authority.Pem);
                break;
            case TunnelTokens.EnrollPath or TunnelTokens.TokenPath
                when !_proofs.TryTake(context.Connection.RemoteIpAddress ?? IPAddress.None):
            case TunnelTokens.RenewPath when renewing is not null && !_agents.TryTake(renewing):
                await SayAsync(context, 429, "too often; try again in a while");
                break;
            case TunnelTokens.EnrollPath when HttpMethods.IsPost(context.Request.Method):
                await EnrollAsync(context);
                break;
            case TunnelTokens.TokenPath when HttpMethods.IsPost(context.Request.Method):
                await RecognizeAsync(context);
                break;
            case TunnelTokens.RenewPath when HttpMethods.IsPost(context.Request.Method) && renewing is not null
                && _policy.Find(renewing) is not null:
                await IssueAsync(context, renewing, await BodyOf(context), "has renewed its certificate");
                break;
            case TunnelTokens.MeasurePath when agent is not null:
                await _measure.AnswerAsync(context);
                break;
            case TunnelTokens.ReversePath when agent is not null:
                await ReverseAsync(context, agent);
                break;
            case TunnelTokens.RenewPath or TunnelTokens.ReversePath or TunnelTokens.MeasurePath:
                await SayAsync(context, 401, "a certificate of an agent is needed");
                break;
            default:
                await SayAsync(context, 404, "nothing is here");
                break;
        }
    }

    // The code in the first line, the request behind it.
    private async Task EnrollAsync(HttpContext context)
    {
        var body = await BodyOf(context);
        var end = body.IndexOf('\n', StringComparison.Ordinal);
        if (end >= 0 && !CertificateAuthority.IsRequest(body[(end + 1)..]))
        {
            await SayAsync(context, 400, "this is no certificate request with a key for ECDSA; the code still stands");
            return;
        }

        if (end < 0 || _policy.Redeem(body[..end].Trim()) is not { } agent)
        {
            _log("", $"{context.Connection.RemoteIpAddress}: a code to enrol that is none, or no more");
            await SayAsync(context, 403, "this code is none, has been used, or is older than an hour");
            return;
        }

        await IssueAsync(context, agent, body[(end + 1)..], "is enrolled");
    }

    // The token in the first line, the request behind it.
    private async Task RecognizeAsync(HttpContext context)
    {
        var body = await BodyOf(context);
        var end = body.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || !CertificateAuthority.IsRequest(body[(end + 1)..]))
        {
            await SayAsync(context, 400,
                "a token is wanted in the first line, and behind it a certificate request with a key for ECDSA");
            return;
        }

        var found = await _policy.RecognizeAsync(body[..end].Trim(), context.RequestAborted);
        if (found.Agent is { } agent)
        {
            await IssueAsync(context, agent, body[(end + 1)..], "has shown its token and has a certificate");
            return;
        }

        _log("", $"{context.Connection.RemoteIpAddress}: a token is refused: {found.Refusal}");
        await SayAsync(context, 403, found.Refusal ?? "the token is refused");
    }

    private async Task IssueAsync(HttpContext context, string agent, string request, string what)
    {
        try
        {
            var certificate = _authority.IssueAgent(agent, request);
            _log(agent, $"agent {agent} {what}");
            await SayAsync(context, 200, certificate);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            await SayAsync(context, 400, $"the certificate request is not taken: {e.Message}");
        }
    }

    private async Task ReverseAsync(HttpContext context, string agent)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(TunnelTokens.Upgrade);
            await using var stream = System.Net.WebSockets.WebSocketStream.Create(socket,
                System.Net.WebSockets.WebSocketMessageType.Binary, ownsWebSocket: true);
            await RunAsync(stream, agent, context.Features.Get<ConnectionIdentity>()!.Until, RemoteOf(context));
        }
        else if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && context.Request.Headers.Upgrade.ToString().Equals(TunnelTokens.Upgrade,
                StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.Upgrade = TunnelTokens.Upgrade;
            await using var stream = await upgrade.UpgradeAsync();
            await RunAsync(stream, agent, context.Features.Get<ConnectionIdentity>()!.Until, RemoteOf(context));
        }
        else
        {
            await SayAsync(context, 426, $"upgrade to {TunnelTokens.Upgrade}, or to a WebSocket");
        }
    }

    private static DateTimeOffset EndOf(SslStream tls) =>
        tls.RemoteCertificate is X509Certificate2 shown ? shown.NotAfter : DateTimeOffset.MaxValue;

    private static IPEndPoint? RemoteOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        ? new IPEndPoint(address, context.Connection.RemotePort) : null;

    private static async Task<string> BodyOf(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        return await reader.ReadToEndAsync(context.RequestAborted);
    }

    private static Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }
}
