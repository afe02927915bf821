using System.Net;
using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

internal static class AddressPoolRules
{
    public static void Check(AddressPool pool, ResourceSet set, Reporter report)
    {
        report.Reference<Site>(pool.Site, pool, "site");
        report.Reference<HealthCheck>(pool.HealthCheck, pool, "healthCheck");
        report.Reference<LoadSignal>(pool.LoadSignal, pool, "loadSignal");
        CheckAddresses(pool, set, report);
        CheckMinHealthy(pool, report);
    }

    private static void CheckAddresses(AddressPool pool, ResourceSet set, Reporter report)
    {
        if (pool.Addresses.IsEmpty)
        {
            report.Fault(pool, "addresses", $"pool `{pool.Name}` has no addresses");
            return;
        }

        var seen = new HashSet<(string, int?)>();
        var names = 0;
        foreach (var address in pool.Addresses)
        {
            if (address.WeightFrom == WeightFrom.Ready && address.From is null)
                report.Fault(address, "weightFrom", "`weightFrom: ready` needs an object in a cluster: a `from`");
            if (address.Tunnel is { } tunnel)
            {
                TunnelAgentRules.Check(pool, address, tunnel, set, report);
                if (!seen.Add((address.Value, null)))
                    report.Fault(address, "tunnel", $"{tunnel} stands in the pool twice");
                continue;
            }

            if (address.From is { } from)
            {
                CheckSource(pool, address, from, set, report);
                continue;
            }

            if (address.Value.Length == 0)
            {
                report.Fault(address, "value", "an address needs a `value`, a `from` or a `tunnel`");
                continue;
            }

            if (HasPort(address.Value, out var host, out var port))
            {
                report.Fault(address, "value",
                    $"`{address.Value}` holds a port; write {{value: {host}, port: {port}}}");
                continue;
            }

            var canonical = IPAddress.TryParse(address.Value, out var ip)
                ? ip.ToString()
                : report.HostName(address.Value, address, "value");
            if (ip is null && canonical is not null)
                names++;
            if (ip is { IsIPv4MappedToIPv6: true })
                report.Fault(address, "value", $"`{address.Value}`: write it as {ip.MapToIPv4()}");
            if (canonical is not null && !seen.Add((canonical, address.Port)))
                report.Fault(address, "value", $"`{address.Value}` stands in the pool twice");
            report.Reference<Site>(address.Site, address, "site");
            if (pool.Traits.NeedsSites && (address.Site ?? pool.Site) is null)
                report.Fault(address, "value", $"policy {pool.Policy} needs a `site` for `{address.Value}`");
            CheckPort(pool, address, set, report);
        }

        if (!pool.Flatten && names > 0 && names < pool.Addresses.Length)
            report.Fault(pool, "addresses",
                $"pool `{pool.Name}` mixes host names and IP addresses; use one sort, or set `flatten: true`");
        if (pool.Addresses.All(a => a is { Weight: 0, WeightFrom: WeightFrom.Fixed }))
            report.Fault(pool, "addresses", $"every weight in pool `{pool.Name}` is 0; at least one must be above");
    }

    private static void CheckSource(AddressPool pool, PoolAddress address, AddressSource from, ResourceSet set,
        Reporter report)
    {
        if (address.Value.Length > 0)
            report.Fault(address, "from",
                "`value` and `from` exclude each other; addresses in place of the load balancer's go into `from.static`");
        ClusterRules.Reference(set, from.Cluster, from, "cluster", report);
        if (from.Reference is null)
            report.Fault(address, "from",
                "`from` needs exactly one of `ingress`, `service`, `gateway` and `httpRoute`");
        ClusterRules.CheckName(from.Ingress, from, "ingress", report);
        ClusterRules.CheckName(from.Service, from, "service", report);
        ClusterRules.CheckName(from.Gateway, from, "gateway", report);
        ClusterRules.CheckName(from.HttpRoute, from, "httpRoute", report);
        for (var i = 0; i < from.Static.Length; i++)
        {
            if (!IPAddress.TryParse(from.Static[i], out _))
                report.HostName(from.Static[i], from, "static", i);
        }

        report.Reference<Site>(address.Site, address, "site");
        if (pool.Traits.NeedsSites && (address.Site ?? pool.Site) is null)
            report.Fault(address, "from", $"policy {pool.Policy} needs a `site` for it");
        CheckPort(pool, address, set, report);
    }

    private static bool HasPort(string text, out string host, out string port)
    {
        var colon = text.LastIndexOf(':');
        host = colon < 0 ? text : text[..colon].Trim('[', ']');
        port = text[(colon + 1)..];
        return colon > 0 && (text.IndexOf(':', StringComparison.Ordinal) == colon || text[colon - 1] == ']')
            && ushort.TryParse(port, out _);
    }

    private static void CheckPort(AddressPool pool, PoolAddress address, ResourceSet set, Reporter report)
    {
        if (address.Port is not null || pool.HealthCheck is null
            || !set.HealthChecks.TryGetValue(pool.HealthCheck, out var check))
            return;
        if (check is { Tcp.Port: null, Tcp: not null } or { Grpc.Port: null, Grpc: not null })
            report.Fault(address, address.From is null ? "value" : "from",
                $"{(address.From is null ? $"`{address.Value}`" : "it")} has no `port`, and neither has HealthCheck `{check.Name}`");
    }

    private static void CheckMinHealthy(AddressPool pool, Reporter report)
    {
        var enabled = pool.Addresses.Count(a => a.Enabled);
        if (pool.MinHealthy.Number == 0)
            report.Fault(pool, "minHealthy", "`minHealthy` must be at least 1, or above 0%");
        else if (!pool.MinHealthy.IsPercent && pool.MinHealthy.Number > enabled && enabled > 0 && !pool.Flatten
            && pool.Addresses.All(a => a.From is null))
            report.Fault(pool, "minHealthy", $"`minHealthy` is {pool.MinHealthy} and only {enabled} " +
                $"address{(enabled == 1 ? " is" : "es are")} enabled: the pool could never be up");
    }
}
