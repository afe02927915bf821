using System.Net;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Serving;
using Meridian.Gateway.Tcp;
using Meridian.Gateway.Upstreams;
using Meridian.Model.Loads;
using Meridian.Steering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.Gateway;

/// <summary>
/// The gateway without its sockets. It receives each new steering table from the node's control loop, holds the routes
/// that are current, and says what is under way; a <see cref="RequestDispatcher"/> answers the requests.
/// </summary>
public sealed class GatewayCore : IDisposable
{
    /// <summary>How often connections that have been idle for too long are closed.</summary>
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(10);

    private readonly UpstreamSet _upstreams;
    private readonly RequestDispatcher _dispatcher;
    private readonly ITimer _trim;
    private volatile RouteTable _routes = RouteTable.Empty;
    private volatile bool _leaving;

    /// <param name="options">Limits and trusted peers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where failovers are logged.</param>
    /// <param name="evidence">Called when an address fails a request; must be quick.</param>
    /// <param name="reported">Called when an address reports its load with an answer; must be quick.</param>
    /// <param name="tunnels">Opens connections to services behind tunnels; null where there are none.</param>
    public GatewayCore(
        GatewayOptions options, TimeProvider time, ILoggerFactory logs,
        Action<Evidence> evidence, Action<LoadKey, LoadFigure> reported, TunnelDial? tunnels = null)
    {
        _upstreams = new UpstreamSet(tunnels, time);
        Services = new GatewayServices(time,
            new GatewayObserver(logs.CreateLogger<GatewayObserver>(), evidence),
            new LoadReports(reported, time),
            new ReplayStore(options.ReplayMemory, options.ReplayDisk),
            new TrustedPeers(options.Trusted));
        _dispatcher = new RequestDispatcher(Services, new RequestScreen(options));
        _trim = time.CreateTimer(_ => Trim(), null, TrimInterval, TrimInterval);
    }

    /// <summary>What requests and connections are forwarded with.</summary>
    internal GatewayServices Services { get; }

    /// <summary>
    /// Replaces the steering table. Called by one thread at a time; requests that are under way keep their route.
    /// </summary>
    public void Update(SteeringTable table)
    {
        var before = _routes;
        var next = before.Next(table, _upstreams, Services.Time);
        _routes = next;
        var panicked = before.Routes.Where(r => r.PanicsByVerdict).Select(r => r.Name).ToHashSet();
        foreach (var route in next.Routes.Where(r => r.PanicsByVerdict != panicked.Contains(r.Name)))
            Services.Observer.Panic(route);
        if (next.HasShapesOf(before))
            return;
        Updated?.Invoke();
        _upstreams.Keep(next.Targets.Select(t => t.Upstream.Key).ToHashSet());
    }

    /// <summary>Raised when there are other routes than before; not for a verdict.</summary>
    public event Action? Updated;

    /// <summary>The routes of the current table.</summary>
    internal IEnumerable<Route> Routes => _routes.Routes;

    /// <summary>The routes whose connections come to ports of their own.</summary>
    internal IReadOnlyDictionary<int, Route> TcpRoutes => _routes.ByPort;

    /// <summary>Whether any route gets TLS connections as they are.</summary>
    internal bool HasPassthrough => _routes.HasPassthrough;

    /// <summary>
    /// The route that gets TLS connections for a server name, in lower case, as they are; null for none.
    /// </summary>
    internal Route? PassthroughOf(string name) =>
        _routes.Find(name) is { Options.Source.Tcp.Passthrough: true } route ? route : null;

    /// <summary>Serves the tunnels that are dialled at the TLS ports; null for none.</summary>
    public TunnelPort? Tunnels { get; set; }

    /// <summary>
    /// Whether other nodes are told that nothing can be served here. Requests that come are served all the same.
    /// </summary>
    public bool IsLeaving
    {
        get => _leaving;
        set => _leaving = value;
    }

    /// <summary>Requests that are under way at each address.</summary>
    public IEnumerable<AddressLoad> InFlight =>
        _upstreams.All.Select(u => new AddressLoad(u.Key.Pool, u.Key.Host, u.Key.Port, u.InFlight));

    /// <summary>What this gateway has at each address, and what it has learned of what the address can do.</summary>
    public IEnumerable<(LoadKey Key, LoadFigure Figure, int? Capacity)> Loads
    {
        get
        {
            var now = Services.Time.GetUtcNow();
            return _routes.ByKey.Select(u =>
                (u.Key, new LoadFigure(now, LoadSource.Gateway) { Running = u.Sum(t => t.InFlight) },
                    u.Max(t => t.Learned.Requests)));
        }
    }

    /// <summary>Receives the load that an address has reported in another way than with an answer.</summary>
    public void Observe(LoadKey key, LoadFigure figure)
    {
        foreach (var upstream in _routes.ByKey[key])
            upstream.Reported.Update(figure, upstream.InFlight);
    }

    /// <summary>What has happened on each route.</summary>
    public IEnumerable<RouteStatistics> Statistics => _routes.Routes.Select(r => new RouteStatistics(
        r.Name, r.Record.Counts, r.RetriesLeft, r.PanicsByVerdict));

    /// <summary>Octets of request bodies that are kept in memory and in files.</summary>
    public (long Memory, long Disk) Kept => (Services.Replays.Memory, Services.Replays.Disk);

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context) => _dispatcher.HandleAsync(context, _routes, _leaving);

    /// <summary>Passes on one connection of a client to a route.</summary>
    internal TcpRelay RelayFor(Route route, EndPoint? client) => new(Services, route,
        ClientOrder.For(route, (client as IPEndPoint)?.Address, Services.Time.GetUtcNow()));

    public void Dispose()
    {
        _trim.Dispose();
        Services.Observer.Dispose();
        _upstreams.Dispose();
    }

    private void Trim()
    {
        foreach (var upstream in _upstreams.All)
            upstream.Connections.Trim();
    }
}
