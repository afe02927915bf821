using System.Collections.Immutable;
using System.Net;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering;

/// <summary>Compiles what does not change with verdicts. Maps that several endpoints need are made once.</summary>
internal sealed class ShapeCompiler(ResourceSet resources, GeoDatabase geo, IVerdicts verdicts)
{
    private readonly Dictionary<string, NearnessMap> _nearness = [];
    private readonly Dictionary<string, AddressMap> _sources = [];

    public EndpointShape Shape(GlobalEndpoint endpoint)
    {
        HostName.TryNormalize(endpoint.Hostname, out var hostname, out _, wildcard: true);
        var pools = endpoint.Pools.Select(member => Pool(member, hostname!)).ToImmutableArray();
        var map = endpoint.SourceMap is null ? null : resources.SourceMaps[endpoint.SourceMap];
        return new EndpointShape
        {
            Endpoint = endpoint,
            Hostname = hostname!,
            Pools = pools,
            Nearness = endpoint.Policy == EndpointPolicy.Nearest
                ? Nearness([.. pools.Select(p => PointOf(p.Site))]) : null,
            Sources = map is null ? null : Sources(map),
            SourceOrders = map is null ? [] : [.. map.Sources.Select(s => Indices(s.Pools)), Indices(map.Default)],
            FixedOrder =
            [
                .. Enumerable.Range(0, pools.Length).OrderBy(i => pools[i].Member.Priority ?? i + 1).ThenBy(i => i),
            ],
            Behind = endpoint.Gateway is { Pools.IsEmpty: false } gateway
                ? Shape(endpoint with { Pools = gateway.Pools, Gateway = gateway with { Pools = [] } })
                : null,
            Fallback = [.. (endpoint.Fallback?.Addresses ?? [])
                .Select(v => Address(new PoolAddress { Value = v }, v, null, null, hostname!))],
        };

        ImmutableArray<int> Indices(IEnumerable<string> names) =>
            [.. names.Select(n => pools.Select(p => p.Pool.Name).ToList().IndexOf(n)).Where(i => i >= 0).Distinct()];
    }

    private PoolShape Pool(EndpointPool member, string hostname)
    {
        var pool = resources.Pools[member.Pool];
        var check = pool.HealthCheck is null ? null : resources.HealthChecks[pool.HealthCheck];
        var addresses = pool.Addresses.Where(a => a.Enabled)
            .SelectMany(a => Expand(pool, a, a.Front is { } front ? resources.HealthChecks[front.HealthCheck] : check,
                hostname)).ToImmutableArray();
        return new PoolShape
        {
            Pool = pool,
            Member = member,
            Site = pool.Site is null ? null : resources.Sites[pool.Site],
            Signal = pool.LoadSignal is null ? null : resources.LoadSignals[pool.LoadSignal],
            Check = check,
            Addresses = addresses,
            Nearness = pool.Policy == PoolPolicy.Nearest
                ? Nearness([.. addresses.Select(a => PointOf(a.Site is null ? null : resources.Sites[a.Site]))])
                : null,
            Seed = Mixing.Mix(pool.Name),
        };
    }

    private IEnumerable<AddressShape> Expand(AddressPool pool, PoolAddress address, HealthCheck? check,
        string hostname) =>
        pool.Flatten && address.Tunnel is null && !IPAddress.TryParse(address.Value, out _)
            ? verdicts.AddressesOf(address.Value.TrimEnd('.').ToLowerInvariant())
                .Select(ip => Address(address, ip.ToString(), pool, check, hostname))
            : [Address(address, address.Value, pool, check, hostname)];

    private static AddressShape Address(PoolAddress source, string value, AddressPool? pool, HealthCheck? check,
        string hostname)
    {
        var ip = IPAddress.TryParse(value, out var parsed) ? parsed : null;
        var canonical = ip?.ToString() ?? value.TrimEnd('.').ToLowerInvariant();
        return new AddressShape
        {
            Source = source,
            Value = canonical,
            Ip = ip,
            Bytes = ip?.GetAddressBytes() ?? [],
            Site = source.Site ?? pool?.Site,
            Probe = check is null ? null : ProbeKey.For(check, canonical, source.Port, hostname),
        };
    }

    private static GeoPoint? PointOf(Site? site) => site is null ? null : new GeoPoint(site.Latitude, site.Longitude);

    private NearnessMap Nearness(IReadOnlyList<GeoPoint?> points)
    {
        var key = string.Join(';', points);
        if (!_nearness.TryGetValue(key, out var map))
            _nearness[key] = map = NearnessMap.Compile(geo, points);
        return map;
    }

    private AddressMap Sources(SourceMap map)
    {
        if (!_sources.TryGetValue(map.Name, out var compiled))
            _sources[map.Name] = compiled = SourceMapCompiler.Compile(map, geo);
        return compiled;
    }
}
