using System.Collections.Immutable;
using Meridian.Model;
using Meridian.Model.Resources;

namespace Meridian.Steering;

/// <summary>
/// What DNS answers where a pool leads through tunnels: clients cannot go there, so they get the gateways that hold the
/// tunnels, the nearest first, and the pool itself stands behind those. Pure: the same input gives the same
/// configuration.
/// </summary>
public static class GatewayFronts
{
    /// <summary>The path at which a gateway says whether it can serve a pool; the pool's name follows.</summary>
    public const string PoolPath = "/.well-known/meridian/pools/";

    private const string Suffix = " via gateways";

    /// <param name="resources">A sound configuration.</param>
    public static ResourceSet Of(ResourceSet resources)
    {
        var fronted = resources.Endpoints.SelectMany(e => e.Pools).Select(m => resources.Pools[m.Pool])
            .Where(IsTunnelled).DistinctBy(p => p.Name).ToArray();
        if (fronted.Length == 0)
            return resources;
        var nodes = resources.Nodes.Values.OrderBy(n => n.Name, StringComparer.Ordinal).ToImmutableArray();
        var names = fronted.Select(p => p.Name).ToHashSet();
        return new ResourceSet(
        [
            .. resources.All.Where(r => r is not GlobalEndpoint),
            .. resources.Endpoints.Select(e => Front(e, names)),
            .. fronted.Select(p => PoolOf(p, nodes)),
            .. from pool in fronted from node in nodes select CheckOf(pool, node),
        ]);
    }

    /// <summary>
    /// The pool that people know, of one whose name is given: what they say of a pool goes for its gateways too.
    /// </summary>
    public static string NameOf(string pool) =>
        pool.EndsWith(Suffix, StringComparison.Ordinal) ? pool[..^Suffix.Length] : pool;

    private static bool IsTunnelled(AddressPool pool) => pool.Addresses.Any(a => a.Tunnel is not null);

    private static GlobalEndpoint Front(GlobalEndpoint endpoint, HashSet<string> fronted)
    {
        if (endpoint.Gateway is not { } gateway || !endpoint.Pools.Any(m => fronted.Contains(m.Pool)))
            return endpoint;
        return endpoint with
        {
            Gateway = gateway.Pools.IsEmpty ? gateway with { Pools = endpoint.Pools } : gateway,
            Pools = [.. endpoint.Pools.Select(m => fronted.Contains(m.Pool) ? m with { Pool = m.Pool + Suffix } : m)],
        };
    }

    private static AddressPool PoolOf(AddressPool pool, ImmutableArray<Node> nodes)
    {
        var enabled = pool.Addresses.Any(a => a is { Enabled: true, Tunnel: not null });
        return pool with
        {
            Name = pool.Name + Suffix,
            Policy = PoolPolicy.Nearest,
            MinHealthy = new(1, false),
            LoadSignal = null,
            Addresses =
            [
                .. pool.Addresses.Where(a => a.Tunnel is null),
                .. from node in nodes
                   from address in node.Addresses
                   select new PoolAddress
                   {
                       Value = address,
                       Port = node.EffectivePort,
                       Site = node.Site,
                       Enabled = enabled,
                       Front = new GatewayFront(node.Name, CheckName(pool, node), pool),
                       Origin = $"Node {node.Name}",
                   },
            ],
        };
    }

    private static HealthCheck CheckOf(AddressPool pool, Node node) => new()
    {
        Name = CheckName(pool, node),
        Interval = TimeSpan.FromSeconds(1),
        Http = new HttpCheck
        {
            Scheme = node.Scheme,
            Path = PoolPath + pool.Name,
            ExpectedStatus = ["200"],
            Tls = node.Tls,
        },
    };

    private static string CheckName(AddressPool pool, Node node) => $"{pool.Name} at {node.Name}";
}
