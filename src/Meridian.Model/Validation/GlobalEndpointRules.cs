using System.Collections.Immutable;
using System.Net;
using Meridian.Model.Naming;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class GlobalEndpointRules
{
    public static void Check(GlobalEndpoint endpoint, ResourceSet set, Reporter report)
    {
        for (var i = 0; i < (endpoint.Https?.Alpn.Length ?? 0); i++)
        {
            var alpn = endpoint.Https!.Alpn[i];
            if (alpn.Length is 0 or > 255 || alpn.Any(c => c is < '!' or > '~'))
                report.Fault(endpoint.Https, "alpn", i, $"`{alpn}` is not a protocol name such as h2, h3 or http/1.1");
        }

        if (report.HostName(endpoint.Hostname, endpoint, "hostname", wildcard: true) is { } hostname)
        {
            foreach (var reason in EndpointNames.FaultsOf(endpoint, hostname, set))
                report.Fault(endpoint, "hostname", reason);
        }

        CheckPools(endpoint, set, report);
        CheckWeights(endpoint, set, report);
        CheckSourceMap(endpoint, set, report);
        CheckFallback(endpoint, report);
        if (endpoint.Gateway is { } gateway)
        {
            GatewayRules.Check(gateway, report);
            CheckTcp(endpoint, gateway, set, report);
        }

        if (endpoint.MinTtl > endpoint.Ttl)
            report.Fault(endpoint, "minTtl",
                $"`minTtl` is {Durations.Format(endpoint.MinTtl.Value)} and must not be longer than " +
                $"`ttl`, {Durations.Format(endpoint.Ttl)}");
        if (endpoint.Guard.MaxRemoved.Number == 0)
            report.Fault(endpoint.Guard, "maxRemoved",
                "`maxRemoved` must be above 0, or no failure could ever be acted on");
    }

    private static void CheckPools(GlobalEndpoint endpoint, ResourceSet set, Reporter report)
    {
        if (endpoint.Pools.IsEmpty)
        {
            report.Fault(endpoint, "pools", $"endpoint `{endpoint.Name}` has no pools");
            return;
        }

        CheckMembers(endpoint, endpoint, endpoint.Pools, set, report);
        if (endpoint.Gateway is { Pools.IsEmpty: false } gateway)
            CheckMembers(endpoint, gateway, gateway.Pools, set, report);
        foreach (var member in endpoint.Pools)
        {
            if (set.Pools.TryGetValue(member.Pool, out var dialled) && dialled.Addresses.Any(a => a.Tunnel is not null))
                CheckTunnels(endpoint, member, set, report);
            if (endpoint.BackupAnswer && set.Pools.TryGetValue(member.Pool, out var pool) && pool.IsAlias)
                report.Fault(endpoint, "backupAnswer",
                    $"pool `{member.Pool}` answers with a CNAME, which nothing can stand beside; set `flatten: true` on it");
        }
    }

    private static void CheckTcp(GlobalEndpoint endpoint, EndpointGateway gateway, ResourceSet set, Reporter report)
    {
        if (gateway.Tcp is not { } tcp)
            return;
        if (tcp.Port is { } port && set.Endpoints.FirstOrDefault(e => e.Gateway?.Tcp?.Port == port) is { } first
            && first.Name != endpoint.Name)
            report.Fault(tcp, "port", $"port {port} already belongs to GlobalEndpoint `{first.Name}`");
        if (gateway.Upstream.Port is not null)
            return;
        foreach (var member in gateway.Pools.IsEmpty ? endpoint.Pools : gateway.Pools)
        {
            if (set.Pools.TryGetValue(member.Pool, out var pool)
                && pool.Addresses.FirstOrDefault(a => a is { Tunnel: null, Port: null }) is { } portless)
                report.Fault(member, "pool",
                    $"address {portless.Value} of pool `{pool.Name}` has no `port`, and neither has `gateway.upstream`");
        }
    }

    // Clients are sent to the gateways that hold the tunnels, so there must be some that take the name.
    private static void CheckTunnels(GlobalEndpoint endpoint, EndpointPool member, ResourceSet set, Reporter report)
    {
        if (endpoint.Gateway is not { } gateway)
            report.Fault(member, "pool",
                $"pool `{member.Pool}` leads through tunnels, which only gateways can use: give the endpoint a `gateway`");
        else if (!gateway.Pools.IsEmpty && gateway.Pools.All(p => p.Pool != member.Pool))
            report.Fault(member, "pool",
                $"pool `{member.Pool}` leads through tunnels, and the gateway has pools of its own without it");
        if (set.Nodes.Count == 0)
            report.Fault(member, "pool",
                $"pool `{member.Pool}` leads through tunnels, and DNS answers with the gateways that hold them: describe those as Nodes, or put the pool under `gateway.pools` and the gateways' own addresses here");
    }

    private static void CheckMembers(GlobalEndpoint endpoint, object owner, ImmutableArray<EndpointPool> members,
        ResourceSet set, Reporter report)
    {
        if (members.Length > GlobalEndpoint.MaxPools)
            report.Fault(owner, "pools",
                $"endpoint `{endpoint.Name}` has {members.Length} pools, and {GlobalEndpoint.MaxPools} is the most");
        var seen = new HashSet<string>();
        foreach (var member in members)
        {
            report.Reference<AddressPool>(member.Pool, member, "pool");
            if (member.WeightFrom == WeightFrom.Ready && set.Pools.TryGetValue(member.Pool, out var counted)
                && counted.Addresses.Any(a => a.From is null))
                report.Fault(member, "weightFrom",
                    $"`weightFrom: ready` needs to know what is ready behind every address of pool `{member.Pool}`; give each a `from`");
            if (!seen.Add(member.Pool))
                report.Fault(member, "pool", $"pool `{member.Pool}` stands in the endpoint twice");
            if (set.Pools.TryGetValue(member.Pool, out var pool) && endpoint.Traits.NeedsSites && pool.Site is null
                && members.Length > 1)
                report.Fault(member, "pool",
                    $"policy {endpoint.Policy} needs to know where pool `{member.Pool}` is; give the pool a `site`");
        }

        if (members.All(p => p is { Weight: 0, WeightFrom: WeightFrom.Fixed }))
            report.Fault(owner, "pools",
                $"every weight in endpoint `{endpoint.Name}` is 0; at least one must be above");
    }

    private static void CheckWeights(GlobalEndpoint endpoint, ResourceSet set, Reporter report)
    {
        if (endpoint.Weights == WeightSource.Auto && !endpoint.Traits.UsesWeights)
            report.Fault(endpoint, "weights",
                $"policy {endpoint.Policy} uses no weights; `weights: auto` goes with Weighted and Sticky");
        if (!endpoint.FollowsLoad || endpoint.Gateway is { Pools.IsEmpty: true })
            return;
        foreach (var member in endpoint.Pools)
        {
            if (set.Pools.TryGetValue(member.Pool, out var pool) && pool.LoadSignal is null)
                report.Fault(member, "pool",
                    $"nothing tells how busy pool `{member.Pool}` is; give it a `loadSignal`, or forward its requests with a `gateway`");
        }
    }

    private static void CheckSourceMap(GlobalEndpoint endpoint, ResourceSet set, Reporter report)
    {
        if (!endpoint.Traits.NeedsSourceMap)
        {
            if (endpoint.SourceMap is not null)
                report.Fault(endpoint, "sourceMap",
                    $"`sourceMap` is given and the policy is {endpoint.Policy}; write `policy: SourceMap`");
            return;
        }

        if (endpoint.SourceMap is null)
        {
            report.Fault(endpoint, "policy", $"policy {endpoint.Policy} needs the name of a SourceMap in `sourceMap`");
            return;
        }

        report.Reference<SourceMap>(endpoint.SourceMap, endpoint, "sourceMap");
        if (!set.SourceMaps.TryGetValue(endpoint.SourceMap, out var map))
            return;
        var own = endpoint.Pools.Select(p => p.Pool).ToHashSet();
        var strange = map.Sources.SelectMany(s => s.Pools).Concat(map.Default).Distinct().Where(p => !own.Contains(p))
            .ToArray();
        if (strange.Length > 0)
            report.Fault(endpoint, "sourceMap",
                $"SourceMap `{map.Name}` names pool {string.Join(", ", strange.Select(s => $"`{s}`"))}, " +
                "which is not among the endpoint's `pools`");
    }

    private static void CheckFallback(GlobalEndpoint endpoint, Reporter report)
    {
        if (endpoint.WhenAllDown == WhenAllDown.Fallback && endpoint.Fallback is null)
            report.Fault(endpoint, "whenAllDown", "`whenAllDown: Fallback` needs `fallback: {addresses: […]}`");
        if (endpoint.Fallback is not { } fallback)
            return;
        if (endpoint.WhenAllDown != WhenAllDown.Fallback)
            report.Fault(endpoint, "fallback",
                $"`fallback` is given and `whenAllDown` is {endpoint.WhenAllDown}; write `whenAllDown: Fallback`");
        if (fallback.Addresses.IsEmpty)
            report.Fault(fallback, "addresses", "`fallback` has no addresses");
        var names = 0;
        for (var i = 0; i < fallback.Addresses.Length; i++)
        {
            if (!IPAddress.TryParse(fallback.Addresses[i], out _)
                && report.HostName(fallback.Addresses[i], fallback, "addresses", i) is not null)
                names++;
        }

        if (names > 0 && fallback.Addresses.Length > 1)
            report.Fault(fallback, "addresses", "`fallback` holds IP addresses, or exactly one host name");
    }
}
