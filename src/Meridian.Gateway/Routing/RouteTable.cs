using System.Collections.Immutable;
using Meridian.Gateway.Upstreams;
using Meridian.Model.Loads;
using Meridian.Model.Resources;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Routing;

/// <summary>The routes of one steering table, found by host name as DNS finds its names.</summary>
internal sealed class RouteTable
{
    private readonly SteeringTable _table;
    private readonly ImmutableArray<Route?> _routes;
    private readonly Lazy<ILookup<LoadKey, Upstream>> _byKey;

    private RouteTable(SteeringTable table, ImmutableArray<Route?> routes)
    {
        _table = table;
        _routes = routes;
        ByPort = Routes.Where(r => r.Options.Source.Tcp?.Port is not null)
            .GroupBy(r => r.Options.Source.Tcp!.Port!.Value).ToDictionary(g => g.Key, g => g.First());
        HasPassthrough = Routes.Any(r => r.Options.Source.Tcp is { Passthrough: true });
        _byKey = new(() => Targets.Select(t => (t.Key, t.Upstream)).Distinct().ToLookup(t => t.Key, t => t.Upstream));
    }

    public static RouteTable Empty { get; } = new(SteeringTable.Empty, []);

    public IEnumerable<Route> Routes => _routes.OfType<Route>();

    /// <summary>The routes whose connections come to ports of their own.</summary>
    public IReadOnlyDictionary<int, Route> ByPort { get; }

    /// <summary>Whether any route gets TLS connections as they are.</summary>
    public bool HasPassthrough { get; }

    public IEnumerable<Target> Targets => Routes.SelectMany(r => r.Tiers).SelectMany(t => t.Targets);

    /// <summary>The upstreams of an address: one for each way in which routes connect to it.</summary>
    public ILookup<LoadKey, Upstream> ByKey => _byKey.Value;

    /// <summary>The route of a host name in canonical form; null where the gateway does not serve it.</summary>
    public Route? Find(string hostname) => _table.TryFind(hostname, out var index) ? _routes[index] : null;

    /// <summary>Whether both name the same addresses, so that they differ by verdicts alone.</summary>
    public bool HasShapesOf(RouteTable other) => _routes.Length == other._routes.Length
        && _routes.Zip(other._routes).All(p => ReferenceEquals(p.First?.Plan.Shape, p.Second?.Plan.Shape));

    /// <summary>The table after this one; routes whose endpoint did not change are shared.</summary>
    public RouteTable Next(SteeringTable table, UpstreamSet upstreams, TimeProvider time)
    {
        var known = new Dictionary<string, Route>();
        foreach (var route in Routes)
            known[route.Name] = route;
        return new RouteTable(table, [.. table.Endpoints.Select(endpoint =>
            endpoint.Forwards is not { } plan ? null :
            known.GetValueOrDefault(plan.Endpoint.Name) is not { } before ? Make(plan, null, upstreams, time) :
            ReferenceEquals(before.Plan, plan) ? before : Make(plan, before, upstreams, time))]);
    }

    private static Route Make(EndpointPlan plan, Route? before, UpstreamSet upstreams, TimeProvider time)
    {
        var options = RouteOptions.Of(plan.Endpoint.Gateway!);
        var states = before?.Tiers.SelectMany(t => t.Targets).ToLookup(t => t.Upstream, t => t.Address) ??
            Array.Empty<(Upstream, AddressPlan)>().ToLookup(p => p.Item1, p => p.Item2);
        var tiers = plan.Pools.Select(pool => new Tier(
            pool,
            [.. pool.Addresses.Select(address => MakeTarget(pool, address))],
            before?.Tiers.FirstOrDefault(t => t.Pool.Shape.Pool.Name == pool.Shape.Pool.Name)?.Spill ?? new Spill()))
                .ToImmutableArray();
        return new Route(plan, options, tiers, before?.Record ?? new RouteRecord(time));

        Target MakeTarget(PoolPlan pool, AddressPlan address)
        {
            var upstream = upstreams.Get(KeyOf(pool, address, options.Source.Upstream, plan.Shape.Hostname));
            if (address.IsUp && states[upstream].FirstOrDefault() is { IsUp: false })
                upstream.Recovered();
            return new Target(address, upstream, address.Shape.Source.Weight)
            {
                Key = pool.KeyOf(address),
                Capacity = CapacityOf(pool, address, options.Source.Upstream),
            };
        }
    }

    private static TargetCapacity CapacityOf(PoolPlan pool, AddressPlan address, GatewayUpstream upstream)
    {
        var requests = address.Shape.Source.Capacity ?? pool.Shape.Signal?.Capacity
            ?? (upstream.Unit == WorkUnit.Requests ? upstream.Capacity : null);
        return new TargetCapacity(pool.Shape.Signal, requests,
            upstream.Unit == WorkUnit.Requests ? requests : upstream.Capacity);
    }

    private static UpstreamKey KeyOf(PoolPlan pool, AddressPlan address, GatewayUpstream upstream, string hostname) =>
        new(pool.Shape.Pool.Name, address.Shape.Value, address.Shape.Source.Port ?? upstream.EffectivePort,
            upstream.Scheme, upstream.Tls.Verify, ServerNameOf(upstream, hostname), address.Shape.Source.Tunnel);

    // The server name for TLS; null where there is no TLS.
    private static string? ServerNameOf(GatewayUpstream upstream, string hostname)
    {
        if (upstream.Scheme == HttpScheme.Http)
            return null;
        var host = upstream.HostHeader == GatewayUpstream.Preserve
            ? hostname.TrimStart('*', '.') : upstream.HostHeader;
        return upstream.Tls.ServerName ?? host;
    }
}
