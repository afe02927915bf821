using System.Diagnostics;
using System.Net;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Serving;
using Meridian.Gateway.Upstreams;
using Meridian.Load.Reports;
using Meridian.Model.Loads;
using Meridian.Steering;
using Meridian.Steering.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.Gateway;

/// <summary>
/// The gateway without its sockets: takes each new steering table from the node's control loop, and answers requests
/// from the one that is current.
/// </summary>
public sealed class GatewayCore : IDisposable
{
    private readonly GatewayOptions _options;
    private readonly UpstreamSet _upstreams;
    private readonly OpaqueForwarder _opaque;
    private readonly Action<LoadKey, LoadFigure> _reported;
    private readonly ITimer _trim;
    private volatile RouteTable _routes = RouteTable.Empty;
    private volatile bool _leaving;

    /// <param name="options">Limits and trusted peers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where failovers are told.</param>
    /// <param name="evidence">Called when an address fails a request; must be quick.</param>
    /// <param name="reported">Called when an address tells its load with an answer; must be quick.</param>
    /// <param name="tunnels">Opens connections to services behind tunnels; null where there are none.</param>
    public GatewayCore(
        GatewayOptions options, TimeProvider time, ILoggerFactory logs,
        Action<Evidence> evidence, Action<LoadKey, LoadFigure> reported, TunnelDial? tunnels = null)
    {
        _options = options;
        _reported = reported;
        Time = time;
        _upstreams = new UpstreamSet(tunnels, time);
        Replays = new ReplayStore(options.ReplayMemory, options.ReplayDisk);
        Observer = new GatewayObserver(logs.CreateLogger<GatewayObserver>(), evidence);
        _opaque = new OpaqueForwarder(this);
        _trim = time.CreateTimer(_ => Trim(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
    }

    internal TimeProvider Time { get; }

    internal ReplayStore Replays { get; }

    internal GatewayObserver Observer { get; }

    /// <summary>
    /// Takes a new table. Called by one thread at a time; requests that are under way keep the route they have.
    /// </summary>
    public void Update(SteeringTable table)
    {
        var before = _routes;
        var next = before.Next(table, _upstreams, Time);
        _routes = next;
        var panicked = before.Routes.Where(r => r.PanicsByVerdict).Select(r => r.Name).ToHashSet();
        foreach (var route in next.Routes.Where(r => r.PanicsByVerdict != panicked.Contains(r.Name)))
            Observer.Panic(route);
        if (next.HasShapesOf(before))
            return;
        Updated?.Invoke();
        _upstreams.Keep(next.Routes.SelectMany(r => r.Tiers).SelectMany(t => t.Targets).Select(t => t.Upstream.Key)
            .ToHashSet());
    }

    /// <summary>Told when there are other routes than before, not for a verdict.</summary>
    public event Action? Updated;

    /// <summary>The routes whose connections come at ports of their own.</summary>
    internal IReadOnlyDictionary<int, Route> TcpRoutes => _routes.ByPort;

    /// <summary>Whether any route takes TLS connections as they are.</summary>
    internal bool HasPassthrough => _routes.HasPassthrough;

    /// <summary>
    /// The route that takes TLS connections for a server name, in lower case, as they are; null for none.
    /// </summary>
    internal Route? PassthroughOf(string name) =>
        _routes.Find(name) is { Options.Source.Tcp.Passthrough: true } route ? route : null;

    /// <summary>Takes the tunnels that are dialled at the TLS ports; null for none.</summary>
    public TunnelPort? Tunnels { get; set; }

    /// <summary>
    /// Tells other nodes from now on that nothing can be served here; what comes is served all the same.
    /// </summary>
    public void Leave() => _leaving = true;

    /// <summary>Requests that are under way at each address.</summary>
    public IEnumerable<AddressLoad> InFlight =>
        _upstreams.All.Select(u => new AddressLoad(u.Key.Pool, u.Key.Host, u.Key.Port, u.InFlight));

    /// <summary>What this gateway has at each address, and what it has learned of what the address can do.</summary>
    public IEnumerable<(LoadKey Key, LoadFigure Figure, int? Capacity)> Loads
    {
        get
        {
            var now = Time.GetUtcNow();
            return _routes.ByKey.Select(u =>
                (u.Key, new LoadFigure(now, LoadSource.Gateway) { Running = u.Sum(t => t.InFlight) },
                    u.Max(t => t.Learned.Requests)));
        }
    }

    /// <summary>An address has told its load by another way than an answer.</summary>
    public void Observe(LoadKey key, LoadFigure figure)
    {
        foreach (var upstream in _routes.ByKey[key])
            upstream.Reported.Take(figure, upstream.InFlight);
    }

    /// <summary>What has happened on each route.</summary>
    public IEnumerable<RouteStatistics> Statistics => _routes.Routes.Select(r => new RouteStatistics(
        r.Name, r.Record.Counts, (int)r.Record.Retries.Left(r.Options.Budget, RetryRules.AlwaysPerSecond), r.Panics));

    /// <summary>Octets of request bodies that are kept in memory and in files.</summary>
    public (long Memory, long Disk) Kept => (Replays.Memory, Replays.Disk);

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (!TryHost(context.Request, out var host) || _routes.Find(host) is not { } route)
        {
            await Refusals.UnknownHostAsync(context);
            return;
        }

        if (context.Request.Path.Value is { } path && path.StartsWith(GatewayFronts.PoolPath, StringComparison.Ordinal))
        {
            await PoolReadiness.AnswerAsync(context, _leaving ? null : route, path[GatewayFronts.PoolPath.Length..]);
            return;
        }

        if (route.Options.Source.Tcp is not null)
        {
            await Refusals.UnknownHostAsync(context);
            return;
        }

        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = route.Options.Source.Limits.RequestBody.Octets;
        if (context.Request.ContentLength > route.Options.Source.Limits.RequestBody.Octets)
        {
            await Refusals.TooLargeAsync(context, route);
            return;
        }

        var begun = Time.GetTimestamp();
        var span = GatewayTracer.Request(context, route);
        try
        {
            await ForwardAsync(context, route, span);
        }
        finally
        {
            GatewayTracer.Done(span, context);
        }

        Observer.Meter.Done(route.Name, context.Request.Method, context.Response.StatusCode,
            Time.GetElapsedTime(begun));
    }

    private async Task ForwardAsync(HttpContext context, Route route, Activity? span)
    {
        var order = OrderFor(context, route);
        var session = SessionOf(context.Request, route);
        if (route.Options.Http2 || OpaqueForwarder.IsNeeded(context))
        {
            await _opaque.ForwardAsync(context, route, order, session, span);
            return;
        }

        await using var exchange = new Exchange(this, context, route, order, session, span);
        await exchange.RunAsync();
    }

    public void Dispose()
    {
        _trim.Dispose();
        Observer.Dispose();
        _upstreams.Dispose();
    }

    /// <summary>An address has told its load with an answer.</summary>
    internal void Reported(Target target, string name, string value)
    {
        if (target.Capacity.Signal is not { Reports: true }
            || LoadReport.Read(name, value, Time.GetUtcNow()) is not { } figure)
            return;
        target.Upstream.Reported.Take(figure, target.Upstream.InFlight);
        _reported(target.Key, figure);
    }

    internal ForwardedFields ForwardedOf(HttpContext context)
    {
        var peer = PeerOf(context);
        return ForwardedFields.Of(context.Request, peer, IsTrusted(peer));
    }

    /// <summary>The host name of a request in canonical form, without its port.</summary>
    internal static bool TryHost(HttpRequest request, out string host)
    {
        host = request.Host.Host;
        if (host.EndsWith('.'))
            host = host[..^1];
        foreach (var c in host)
        {
            if (char.IsAsciiLetterUpper(c))
            {
                host = host.ToLowerInvariant();
                break;
            }
        }

        return host.Length is > 0 and <= 253;
    }

    private static IPAddress PeerOf(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
    }

    private bool IsTrusted(IPAddress peer)
    {
        foreach (var network in _options.Trusted)
        {
            if (network.Contains(peer))
                return true;
        }

        return false;
    }

    // Where the client is: the peer, or the last address that a trusted peer names and that is not trusted itself.
    private IPAddress ClientOf(HttpContext context)
    {
        var peer = PeerOf(context);
        if (!IsTrusted(peer))
            return peer;
        var chain = context.Request.Headers["X-Forwarded-For"].ToString()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = chain.Length - 1; i >= 0; i--)
        {
            if (!IPAddress.TryParse(chain[i], out var named))
                return peer;
            peer = named;
            if (!IsTrusted(named))
                return named;
        }

        return peer;
    }

    private int[] OrderFor(HttpContext context, Route route) =>
        OrderFor(route.Tiers.Length < 2 ? null : ClientOf(context), route);

    /// <summary>The pools of a route, the best for the client first.</summary>
    internal int[] OrderFor(IPAddress? client, Route route)
    {
        var order = new int[route.Tiers.Length];
        if (order.Length < 2)
            return order;
        Span<byte> octets = stackalloc byte[16];
        client ??= IPAddress.None;
        (client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client).TryWriteBytes(octets, out var length);
        route.Plan.Order(new ClientView(octets[..length], length * 8), (ulong)Random.Shared.NextInt64(),
            Time.GetUtcNow(), order, out _);
        return order;
    }

    private static ulong SessionOf(HttpRequest request, Route route)
    {
        if (route.Options.Source.Affinity is not { } affinity
            || request.Headers[affinity.Header].ToString() is not { Length: > 0 } value)
            return 0;
        return Mixing.Mix(value) | 1;
    }

    private void Trim()
    {
        foreach (var upstream in _upstreams.All)
            upstream.Connections.Trim();
    }
}
