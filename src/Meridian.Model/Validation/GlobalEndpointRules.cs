using Meridian.Addresses;
using Meridian.Model.Naming;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class GlobalEndpointRules
{
    public static void Check(GlobalEndpoint endpoint, ResourceSet set, Reporter report)
    {
        if (report.HostName(endpoint.Hostname, endpoint, "hostname", wildcard: true) is { } hostname
            && !(set.ZoneNames.ZoneOf(hostname) is null && report.MayHaveMore<Zone>()))
        {
            foreach (var reason in EndpointNames.FaultsOf(endpoint, hostname, set))
                report.Fault(endpoint, "hostname", reason);
        }

        EndpointPoolRules.Check(endpoint, set, report);
        CheckWeights(endpoint, set, report);
        CheckSourceMap(endpoint, set, report);
        CheckFallback(endpoint, report);
        if (endpoint.Https is { } https)
            CheckHttps(https, report);
        if (endpoint.Gateway is { } gateway)
            GatewayRules.Check(endpoint, gateway, set, report);

        if (endpoint.MinTtl > endpoint.Ttl)
            report.Fault(endpoint, "minTtl",
                $"`minTtl` is {Durations.Format(endpoint.MinTtl.Value)} and must not be longer than " +
                $"`ttl`, {Durations.Format(endpoint.Ttl)}");
        if (endpoint.Guard.MaxRemoved.Number == 0)
            report.Fault(endpoint.Guard, "maxRemoved",
                "`maxRemoved` must be above 0, or no failure could ever be acted on");
    }

    private static void CheckHttps(EndpointHttps https, Reporter report)
    {
        for (var i = 0; i < https.Alpn.Length; i++)
        {
            var alpn = https.Alpn[i];
            if (alpn.Length is 0 or > 255 || alpn.Any(c => c is < '!' or > '~'))
                report.Fault(https, "alpn", i, $"`{alpn}` is not a protocol name such as h2, h3 or http/1.1");
        }
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
                report.Fault(member, "pool", $"the load of pool `{member.Pool}` is not known; " +
                    "give it a `loadSignal`, or forward its requests with a `gateway`");
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
        foreach (var pool in map.Sources.SelectMany(s => s.Pools).Concat(map.Default).Distinct())
        {
            if (!own.Contains(pool))
                report.Fault(endpoint, "sourceMap",
                    $"SourceMap `{map.Name}` names pool `{pool}`, which is not among the endpoint's `pools`");
        }
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
            if (report.AddressOrName(fallback.Addresses[i], fallback, "addresses", i) is { } text
                && !IpText.IsMeant(text))
                names++;
        }

        if (names > 0 && fallback.Addresses.Length > 1)
            report.Fault(fallback, "addresses", "`fallback` holds IP addresses, or exactly one host name");
    }
}
