using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

/// <summary>What a configuration may say and hardly means: warnings, which keep nothing from being served.</summary>
public static class Folly
{
    // A resolver keeps an answer for minutes at the most; what takes longer to be found out is no failover.
    private static readonly TimeSpan LongestDetection = TimeSpan.FromMinutes(10);

    // What is found out in less is no folly however short the TTL is: a TTL is often short for the sake of weights.
    private static readonly TimeSpan ShortDetection = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LongestTtl = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestRamp = TimeSpan.FromHours(1);

    public static IEnumerable<Fault> Of(ResourceSet resources) =>
        resources.Pools.Values.Select(p => Of(p, resources))
            .Concat(resources.HealthChecks.Values.Select(c => Of(c, resources)))
            .Concat(resources.Endpoints.SelectMany(e => Of(e, resources)))
            .Concat(resources.AccessPolicies.Values.Select(p => Of(p, resources)))
            .OfType<Fault>().OrderBy(f => f.Where.File, StringComparer.Ordinal).ThenBy(f => f.Where.Line);

    // Readiness in a cluster and the probes of an agent are evidence of their own.
    private static Fault? Of(AddressPool pool, ResourceSet resources)
    {
        if (pool.HealthCheck is not null || HasOwnEvidence(pool))
            return null;
        var alternatives = resources.Endpoints.Any(e => e.Pools.Length > 1 && e.Pools.Any(m => m.Pool == pool.Name));
        return pool.Addresses.Length > 1 || alternatives
            ? Warning(pool, $"pool `{pool.Name}` has no `healthCheck`: its addresses count as up whatever becomes of "
                + "them, and nothing ever takes their place")
            : null;
    }

    private static Fault? Of(HealthCheck check, ResourceSet resources)
    {
        var (detection, settings) = DetectionOf(check);
        var recovery = check.Interval + (check.ConfirmInterval * (check.HealthyThreshold - 1));
        if (detection > LongestDetection)
            return Warning(check, $"health check `{check.Name}` takes {Durations.Format(detection)} to find that an "
                + $"address is down ({settings})");
        if (check.Timeout > check.Interval)
            return Warning(check, $"health check `{check.Name}` waits longer for an answer (`timeout` "
                + $"{Durations.Format(check.Timeout)}) than for the next probe (`interval` "
                + $"{Durations.Format(check.Interval)})");
        if (recovery > LongestDetection)
            return Warning(check, $"health check `{check.Name}` takes {Durations.Format(recovery)} to find that an "
                + "address is up again (`interval`, and `confirmInterval` for each success up to `healthyThreshold`)");
        var hasty = resources.Endpoints.Where(e => e.Ttl < detection && PoolsOf(e, resources)
            .Any(p => p.HealthCheck == check.Name && !HasOwnEvidence(p))).MinBy(e => e.Ttl);
        return detection > ShortDetection && hasty is not null
            ? Warning(check, $"health check `{check.Name}` takes {Durations.Format(detection)} to find that an address "
                + $"is down ({settings}), longer than the `ttl` of endpoint `{hasty.Name}`, "
                + $"{Durations.Format(hasty.Ttl)}: clients that ask again get the dead address again")
            : null;
    }

    private static IEnumerable<Fault?> Of(GlobalEndpoint endpoint, ResourceSet resources)
    {
        var pools = PoolsOf(endpoint, resources).ToArray();
        if (endpoint.Ttl > LongestTtl && pools.Sum(p => p.Addresses.Length) > 1
            && pools.Any(p => p.HealthCheck is not null || HasOwnEvidence(p)))
            yield return Warning(endpoint, $"endpoint `{endpoint.Name}` has a `ttl` of "
                + $"{Durations.Format(endpoint.Ttl)}: that long clients may keep an address that has gone down");
        if (endpoint.Recovery.Ramp > LongestRamp)
            yield return Warning(endpoint, $"endpoint `{endpoint.Name}` gives a pool that has come back its full share "
                + $"only after {Durations.Format(endpoint.Recovery.Ramp)} (`recovery.ramp`)");
    }

    // Two ways to prove one token: whose it is can then not be said, and it is refused.
    private static Fault? Of(AccessPolicy policy, ResourceSet resources)
    {
        var other = resources.AccessPolicies.Values
            .Where(p => string.CompareOrdinal(p.Name, policy.Name) < 0
                && (p.Issuer, p.Audience) == (policy.Issuer, policy.Audience)
                && p.ReviewedBy is null != policy.ReviewedBy is null
                && p.Subjects.Any(s => policy.Subjects.Any(s.Overlaps)))
            .MinBy(p => p.Name, StringComparer.Ordinal);
        return other is null ? null : Warning(policy, $"AccessPolicy `{policy.Name}` proves tokens {WayOf(policy)}, "
            + $"and `{other.Name}` {WayOf(other)}: where both are one cluster, a token of an account that both name is "
            + "proved by both, and refused");
    }

    private static string WayOf(AccessPolicy policy) => policy.ReviewedBy is { } cluster
        ? $"by asking the cluster `{cluster}`"
        : policy.JwksFile is { } file ? $"by the keys in {file}" : "by the keys of its issuer";

    private static (TimeSpan Time, string Settings) DetectionOf(HealthCheck check) => (
        check.Interval + (check.ConfirmInterval * (check.UnhealthyThreshold - 1)),
        "`interval`, and `confirmInterval` for each failure up to `unhealthyThreshold`");

    private static bool HasOwnEvidence(AddressPool pool) =>
        pool.Addresses.Any(a => a.From is not null || a.Tunnel is not null);

    private static IEnumerable<AddressPool> PoolsOf(GlobalEndpoint endpoint, ResourceSet resources) =>
        endpoint.Pools.Select(m => resources.Pools.GetValueOrDefault(m.Pool)).OfType<AddressPool>();

    private static Fault Warning(Resource about, string message) => new(about.Location, message) { IsWarning = true };
}
