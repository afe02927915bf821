using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

/// <summary>What a configuration may say and hardly means: warnings, which keep nothing from being served.</summary>
public static class Folly
{
    // A resolver keeps an answer for minutes at the most; what takes longer to be found out is no failover.
    private static readonly TimeSpan LongestDetection = TimeSpan.FromMinutes(10);

    public static IEnumerable<Fault> Of(ResourceSet resources) =>
        resources.Pools.Values.Select(p => Of(p, resources)).Concat(resources.HealthChecks.Values.Select(Of))
            .OfType<Fault>().OrderBy(f => f.Where.File, StringComparer.Ordinal).ThenBy(f => f.Where.Line);

    // Readiness in a cluster and the probes of an agent are evidence of their own.
    private static Fault? Of(AddressPool pool, ResourceSet resources)
    {
        if (pool.HealthCheck is not null || pool.Addresses.Any(a => a.From is not null || a.Tunnel is not null))
            return null;
        var alternatives = resources.Endpoints.Any(e => e.Pools.Length > 1 && e.Pools.Any(m => m.Pool == pool.Name));
        return pool.Addresses.Length > 1 || alternatives
            ? Warning(pool, $"pool `{pool.Name}` has no `healthCheck`: its addresses count as up whatever becomes of "
                + "them, and nothing ever takes their place")
            : null;
    }

    private static Fault? Of(HealthCheck check)
    {
        var detection = check.Interval + (check.ConfirmInterval * (check.UnhealthyThreshold - 1));
        return detection > LongestDetection
            ? Warning(check, $"health check `{check.Name}` takes {Durations.Format(detection)} to find that an address "
                + "is down (`interval`, and `confirmInterval` for each failure up to `unhealthyThreshold`)")
            : check.Timeout > check.Interval
            ? Warning(check, $"health check `{check.Name}` waits longer for an answer (`timeout` "
                + $"{Durations.Format(check.Timeout)}) than for the next probe (`interval` "
                + $"{Durations.Format(check.Interval)})")
            : null;
    }

    private static Fault Warning(Resource about, string message) => new(about.Location, message) { IsWarning = true };
}
