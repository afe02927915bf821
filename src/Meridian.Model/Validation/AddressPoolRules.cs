using Meridian.Addresses;
using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

internal static class AddressPoolRules
{
    public static void Check(AddressPool pool, ResourceSet set, Reporter report)
    {
        report.Reference<Site>(pool.Site, pool, "site");
        report.Reference<HealthCheck>(pool.HealthCheck, pool, "healthCheck");
        report.Reference<LoadSignal>(pool.LoadSignal, pool, "loadSignal");
        if (pool.Addresses.IsEmpty)
            report.Fault(pool, "addresses", $"pool `{pool.Name}` has no addresses");
        else
            CheckAddresses(pool, set, report);
        CheckMinHealthy(pool, report);
    }

    private static void CheckAddresses(AddressPool pool, ResourceSet set, Reporter report)
    {
        var seen = new HashSet<(string, int?)>();
        foreach (var address in pool.Addresses)
        {
            if (address.WeightFrom == WeightFrom.Ready && address.From is null)
                report.Fault(address, "weightFrom", "`weightFrom: ready` needs an object in a cluster: a `from`");
            report.Reference<Site>(address.Site, address, "site");
            if (address.Tunnel is { } tunnel)
            {
                TunnelSourceRules.Check(pool, address, tunnel, set, report);
                if (!seen.Add((address.Value, null)))
                    report.Fault(address, "tunnel", $"{tunnel} is in the pool twice");
            }
            else if (address.From is { } from)
            {
                AddressSourceRules.Check(address, from, set, report);
                CheckPlaceAndPort(pool, address, "from", "it", set, report);
            }
            else if (CheckValue(address, report) is { } canonical)
            {
                if (!seen.Add((canonical, address.Port)))
                    report.Fault(address, "value", $"`{address.Value}` is in the pool twice");
                CheckPlaceAndPort(pool, address, "value", $"`{address.Value}`", set, report);
            }
        }

        var names = pool.Addresses.Count(a => a is { From: null, Tunnel: null } && !IpText.IsMeant(a.Value));
        if (!pool.Flatten && names > 0 && names < pool.Addresses.Length)
            report.Fault(pool, "addresses",
                $"pool `{pool.Name}` mixes host names and IP addresses; use one sort, or set `flatten: true`");
        if (pool.Addresses.All(a => a is { Weight: 0, WeightFrom: WeightFrom.Fixed }))
            report.Fault(pool, "addresses", $"every weight in pool `{pool.Name}` is 0; at least one must be above");
    }

    // The canonical form of a plain address, or null after a fault.
    private static string? CheckValue(PoolAddress address, Reporter report)
    {
        if (address.Value.Length == 0)
        {
            report.Fault(address, "value", "an address needs a `value`, a `from` or a `tunnel`");
            return null;
        }

        if (!HasPort(address.Value, out var host, out var port))
            return report.AddressOrName(address.Value, address, "value");
        report.Fault(address, "value", $"`{address.Value}` holds a port; write {{value: {host}, port: {port}}}");
        return null;
    }

    private static bool HasPort(string text, out string host, out string port)
    {
        var colon = text.LastIndexOf(':');
        host = colon < 0 ? text : text[..colon].Trim('[', ']');
        port = text[(colon + 1)..];
        return colon > 0 && (text.IndexOf(':', StringComparison.Ordinal) == colon || text[colon - 1] == ']')
            && ushort.TryParse(port, out _);
    }

    private static void CheckPlaceAndPort(
        AddressPool pool, PoolAddress address, string field, string subject, ResourceSet set, Reporter report)
    {
        if (pool.Traits.NeedsSites && (address.Site ?? pool.Site) is null)
            report.Fault(address, field, $"policy {pool.Policy} needs a `site` for {subject}");
        var check = pool.HealthCheck is { } name ? set.HealthChecks.GetValueOrDefault(name) : null;
        if (address.Port is null && check is { Tcp: { Port: null } } or { Grpc: { Port: null } })
            report.Fault(address, field, $"{subject} has no `port`, and neither has HealthCheck `{check.Name}`");
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
