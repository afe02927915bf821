using System.Collections.Immutable;
using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

/// <summary>What is checked of the pools in an endpoint and in its gateway.</summary>
internal static class EndpointPoolRules
{
    public static void Check(GlobalEndpoint endpoint, ResourceSet set, Reporter report)
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
            if (!set.Pools.TryGetValue(member.Pool, out var pool))
                continue;
            if (pool.Addresses.Any(a => a.Tunnel is not null))
                CheckTunnels(endpoint, member, set, report);
            if (endpoint.BackupAnswer && pool.IsAlias)
                report.Fault(endpoint, "backupAnswer", $"pool `{member.Pool}` answers with a CNAME, " +
                    "which nothing can stand beside; set `flatten: true` on it");
        }
    }

    private static void CheckMembers(
        GlobalEndpoint endpoint, object owner, ImmutableArray<EndpointPool> members, ResourceSet set, Reporter report)
    {
        if (members.Length > GlobalEndpoint.MaxPools)
            report.Fault(owner, "pools",
                $"endpoint `{endpoint.Name}` has {members.Length} pools, and {GlobalEndpoint.MaxPools} is the most");
        if (members.All(p => p is { Weight: 0, WeightFrom: WeightFrom.Fixed }))
            report.Fault(owner, "pools",
                $"every weight in endpoint `{endpoint.Name}` is 0; at least one must be above");
        var seen = new HashSet<string>();
        foreach (var member in members)
        {
            report.Reference<AddressPool>(member.Pool, member, "pool");
            if (!seen.Add(member.Pool))
                report.Fault(member, "pool", $"pool `{member.Pool}` is in the endpoint twice");
            if (!set.Pools.TryGetValue(member.Pool, out var pool))
                continue;
            if (member.WeightFrom == WeightFrom.Ready && pool.Addresses.Any(a => a.From is null))
                report.Fault(member, "weightFrom", "`weightFrom: ready` needs to know what is ready " +
                    $"behind every address of pool `{member.Pool}`; give each a `from`");
            if (endpoint.Traits.NeedsSites && pool.Site is null && members.Length > 1)
                report.Fault(member, "pool",
                    $"policy {endpoint.Policy} needs to know where pool `{member.Pool}` is; give the pool a `site`");
        }
    }

    // DNS sends clients to the gateways that hold the tunnels, so there must be some that serve the name.
    private static void CheckTunnels(GlobalEndpoint endpoint, EndpointPool member, ResourceSet set, Reporter report)
    {
        if (endpoint.Gateway is not { } gateway)
            report.Fault(member, "pool", $"pool `{member.Pool}` leads through tunnels, " +
                "which only gateways can use: give the endpoint a `gateway`");
        else if (!gateway.Pools.IsEmpty && gateway.Pools.All(p => p.Pool != member.Pool))
            report.Fault(member, "pool", $"pool `{member.Pool}` leads through tunnels, " +
                "and the gateway has pools of its own without it");
        if (set.Nodes.Count == 0 && !report.MayHaveMore<Node>())
            report.Fault(member, "pool", $"pool `{member.Pool}` leads through tunnels, " +
                "and DNS answers with the gateways that hold them: describe those as Nodes, " +
                "or put the pool under `gateway.pools` and the gateways' own addresses here");
    }
}
