using System.Collections.Immutable;
using Meridian.Addresses;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;
using Meridian.Steering.Ordering;
using Meridian.Steering.Picking;
using Meridian.Steering.Plans;

namespace Meridian.Steering;

/// <summary>
/// Compiles what does not change with verdicts. A shape whose inputs are those of before stays the same instance, so
/// that one changed pool costs one shape however many there are.
/// </summary>
internal sealed class ShapeCompiler(ResourceSet resources, GeoDatabase geo, IVerdicts verdicts, SteeringTable? previous)
{
    private readonly OrderMaps _maps = new(geo, previous);
    private readonly bool _sameGeo = previous is not null && ReferenceEquals(previous.Geo, geo);

    /// <param name="endpoint">The endpoint.</param>
    /// <param name="before">Its shape in the table before; null where it is new.</param>
    public EndpointShape Shape(GlobalEndpoint endpoint, EndpointShape? before)
    {
        var hostname = before?.Endpoint.Hostname == endpoint.Hostname ? before.Hostname : Canonical(endpoint.Hostname);
        var pools = endpoint.Pools.Select(member => Pool(member, hostname, before)).ToImmutableArray();
        var source = endpoint.SourceMap is null ? null : resources.SourceMaps[endpoint.SourceMap];
        var behind = endpoint.Gateway is { Pools.IsEmpty: false } gateway
            ? Shape(endpoint with { Pools = gateway.Pools, Gateway = gateway with { Pools = [] } }, before?.Behind)
            : null;
        if (before is not null && before.Endpoint == endpoint && before.SourceMap == source
            && ReferenceEquals(before.Behind, behind) && before.Pools.SequenceEqual(pools, ReferenceEquals)
            && (_sameGeo || before.Orders is null))
            return before;
        var shape = new EndpointShape
        {
            Endpoint = endpoint,
            Hostname = hostname,
            Pools = pools,
            SourceMap = source,
            FixedOrder =
            [
                .. Enumerable.Range(0, pools.Length).OrderBy(i => pools[i].Member.Priority ?? i + 1).ThenBy(i => i),
            ],
            Behind = behind,
            Fallback = [.. (endpoint.Fallback?.Addresses ?? [])
                .Select(v => Address(new Origin(new PoolAddress { Value = v }, v, null), null, hostname))],
        };
        return shape with { Orders = PoolOrders.Of(endpoint.Policy).Compile(_maps, shape) };
    }

    private static string Canonical(string hostname)
    {
        HostName.TryNormalize(hostname, out var canonical, out _, wildcard: true);
        return canonical!;
    }

    private PoolShape Pool(EndpointPool member, string hostname, EndpointShape? endpointBefore)
    {
        var pool = resources.Pools[member.Pool];
        var site = pool.Site is null ? null : resources.Sites[pool.Site];
        var signal = pool.LoadSignal is null ? null : resources.LoadSignals[pool.LoadSignal];
        var check = pool.HealthCheck is null ? null : resources.HealthChecks[pool.HealthCheck];
        var before = endpointBefore?.Hostname == hostname
            ? endpointBefore.Pools.FirstOrDefault(p => p.Member.Pool == member.Pool)
            : null;
        var origins = pool.Addresses.Where(a => a.Enabled)
            .SelectMany(a => Expand(pool, a, a.Front is null ? check : resources.HealthChecks[a.Front.HealthCheck]))
            .ToImmutableArray();
        ImmutableArray<AddressShape> addresses = HasSameAddresses(before, pool, origins)
            ? before!.Addresses
            : [.. origins.Select(origin => Address(origin, pool.Site, hostname))];
        var orders = AddressPickers.Of(pool.Policy).Compile(_maps,
            [.. addresses.Select(a => a.Site is null ? null : resources.Sites[a.Site])]);
        if (before is not null && before.Pool == pool && before.Member == member && before.Site == site
            && before.Signal == signal && before.Check == check && before.Addresses == addresses
            && ReferenceEquals(before.Orders, orders))
            return before;
        return new PoolShape
        {
            Pool = pool,
            Member = member,
            Site = site,
            Signal = signal,
            Check = check,
            Addresses = addresses,
            Orders = orders,
            Seed = Mixing.Mix(pool.Name),
        };
    }

    private static bool HasSameAddresses(PoolShape? before, AddressPool pool, ImmutableArray<Origin> origins) =>
        before is not null && before.Pool.Site == pool.Site && before.Addresses.Select(OriginOf).SequenceEqual(origins);

    private IEnumerable<Origin> Expand(AddressPool pool, PoolAddress address, HealthCheck? check) =>
        pool.Flatten && address.Tunnel is null && !IpText.TryParse(address.Value, out _)
            ? verdicts.AddressesOf(address.Value.TrimEnd('.').ToLowerInvariant())
                .Select(ip => new Origin(address, ip.ToString(), check))
            : [new Origin(address, address.Value, check)];

    private static AddressShape Address(Origin origin, string? site, string hostname)
    {
        var ip = IpText.TryParse(origin.Value, out var parsed) ? parsed : null;
        var canonical = ip?.ToString() ?? origin.Value.TrimEnd('.').ToLowerInvariant();
        return new AddressShape
        {
            Source = origin.Source,
            Value = canonical,
            Written = origin.Value,
            Ip = ip,
            Bytes = ip?.GetAddressBytes() ?? [],
            Site = origin.Source.Site ?? site,
            Check = origin.Check,
            Probe = origin.Check is null
                ? null
                : ProbeKey.For(origin.Check, canonical, origin.Source.Port, hostname),
        };
    }

    private static Origin OriginOf(AddressShape address) => new(address.Source, address.Written, address.Check);

    // What an address is made from: the pool's entry, its text or what that was resolved to, and its check.
    private readonly record struct Origin(PoolAddress Source, string Value, HealthCheck? Check);
}
