using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Meridian.Addresses;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// The gateway's end: connections that agents dial become tunnels, or are answered over HTTP. The parts are the sockets
/// (<see cref="TunnelListener"/>), TLS (<see cref="TunnelHandshake"/>), HTTP (<see cref="TunnelHttp"/>), tunnels
/// (<see cref="TunnelRunner"/>), and who may come in (<see cref="Admittance"/>).
/// </summary>
public sealed class TunnelServer : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(50);

    private readonly ITunnelPolicy _policy;
    private readonly TunnelHub _hub;
    private readonly Action<string, string> _log;
    private readonly TimeProvider _time;
    private readonly ArrivalLimits _limits;
    private readonly ConnectionPlaces _places;
    private readonly TunnelListener _listener;
    private readonly TunnelHandshake _handshake;
    private readonly TunnelRunner _tunnels;
    private readonly TunnelHttp _http;
    private readonly CancellationTokenSource _stop = new();

    private TunnelServer(TunnelServerOptions options, CertificateAuthority authority, ITunnelPolicy policy,
        TunnelHub hub, Action<string, string> log, TimeProvider time)
    {
        (_policy, _hub, _log, _time) = (policy, hub, log, time);
        _limits = new ArrivalLimits(options, time);
        _places = new ConnectionPlaces(options.NewcomersPerClient, options.Newcomers);
        _listener = new TunnelListener(_limits, ServeAsync, time);
        _handshake = new TunnelHandshake(authority, options.Handshakes, time);
        _tunnels = new TunnelRunner(options, policy, hub, _limits, log, time);
        _http = new TunnelHttp(new EnrollmentEndpoints(authority, policy, _limits, log),
            new ReverseEndpoint(_tunnels, _stop.Token), new AdmittanceEndpoint(policy), new LineMeasure(time));
    }

    /// <summary>Where it listens.</summary>
    public IEnumerable<IPEndPoint> EndPoints => _listener.EndPoints;

    /// <summary>Opens the sockets.</summary>
    /// <param name="options">Where.</param>
    /// <param name="authority">Vouches for agents.</param>
    /// <param name="policy">Says who may come.</param>
    /// <param name="hub">Where tunnels are put.</param>
    /// <param name="log">Receives what happens: the agent, or an empty string, and a sentence.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SocketException">An address cannot be listened at.</exception>
    public static async Task<TunnelServer> StartAsync(
        TunnelServerOptions options, CertificateAuthority authority, ITunnelPolicy policy, TunnelHub hub,
        Action<string, string> log, TimeProvider time)
    {
        var server = new TunnelServer(options, authority, policy, hub, log, time);
        try
        {
            await server._http.StartAsync();
            server._listener.Open(options.EndPoints);
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
    /// all arrive there together. The tunnels carry connections until they are closed.
    /// </summary>
    /// <param name="over">The time that the requests to move are spread over.</param>
    public async Task MoveAsync(TimeSpan over)
    {
        _listener.Dispose();
        var sessions = Sessions();
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
        var sessions = Sessions();
        foreach (var session in sessions)
            session.Drain();
        await WaitAsync(() => sessions.All(s => s.InFlight == 0), limit);
    }

    /// <summary>
    /// The policy has changed: tunnels of agents that are not allowed any more are closed, and services that may not be
    /// published any more are withdrawn.
    /// </summary>
    public async Task ReviewAsync()
    {
        foreach (var session in Sessions())
        {
            if (_policy.Find(session.Agent) is { } grant)
                session.Review(grant);
            else
                await session.DisposeAsync();
        }

        _hub.ForgetRecords(agent => _policy.Find(agent) is null);
        _hub.RaiseChanged();
    }

    /// <summary>Serves a connection that came by another port, from its first octet to its end.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="remote">From where.</param>
    /// <param name="stopping">Says that the port is about to be closed: what is under way may end, and the connection
    /// with it.</param>
    public async Task ServeAsync(Stream connection, EndPoint? remote, CancellationToken stopping)
    {
        await using var closing = stopping.Register(() => _ = CloseAsync(connection));
        if (_limits.AdmitConnection(remote))
            await ServeAsync(connection, remote);
        else
            await connection.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        foreach (var session in Sessions())
            await session.DisposeAsync();
        await _http.DisposeAsync();
        _handshake.Dispose();
    }

    private async Task CloseAsync(Stream connection)
    {
        await WaitAsync(() => Sessions().All(s => s.InFlight <= s.Kept), CloseLimit);
        await connection.DisposeAsync();
    }

    // Until a connection becomes a tunnel it holds one of the places of its client network.
    private async Task ServeAsync(Stream connection, EndPoint? remote)
    {
        await using var closing = connection;
        using var place = _places.TryTake((remote as IPEndPoint)?.Address ?? IPAddress.None, connection.Dispose);
        if (place is null)
            return;
        try
        {
            var (tls, identity) = await _handshake.RunAsync(connection, _stop.Token);
            await using var ending = tls;
            if (tls.NegotiatedApplicationProtocol == TunnelTokens.ReversedHttp2)
                await _tunnels.RunAsync(tls, identity, remote, place, _stop.Token);
            else if (_http.Serve(tls, identity, remote, place) is { } served)
                await served.Ended;
        }
        catch (AuthenticationException e)
        {
            _log("", $"{remote}: {e.InnerException?.Message ?? e.Message}");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The agent is gone, its place went to another client, or the server stops.
        }
    }

    private async Task WaitAsync(Func<bool> condition, TimeSpan limit)
    {
        var began = _time.GetTimestamp();
        while (!condition() && _time.GetElapsedTime(began) < limit)
            await Task.Delay(DrainInterval, _time);
    }

    private TunnelSession[] Sessions() => [.. _hub.Sessions.Values.SelectMany(s => s)];
}
