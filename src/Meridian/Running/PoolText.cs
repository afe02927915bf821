using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Running;

/// <summary>Says what happened to a pool, in one sentence that can be read aloud.</summary>
internal static class PoolText
{
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="pool">The pool as it is now.</param>
    /// <param name="before">Its state before.</param>
    /// <param name="cause">The address that turned it; null where none did.</param>
    public static string Of(EndpointPlan endpoint, PoolPlan pool, PoolState before, AddressPlan? cause)
    {
        var name = $"pool {pool.Shape.Pool.Name}";
        var hostname = endpoint.Shape.Hostname;
        var reason = cause is null ? "too few addresses are up" : $"address {cause.Shape.Value}: {CauseOf(cause)}";
        return pool.State switch
        {
            PoolState.Up when before == PoolState.Guarded =>
                $"{name} is up again; the guard of {hostname} has let it go",
            PoolState.Up when before == PoolState.Unknown =>
                $"{name} is up in {hostname}: {pool.UpCount} of {pool.Addresses.Length} addresses are up",
            PoolState.Up => $"{name} is back in {hostname}: {pool.UpCount} of {pool.Addresses.Length} addresses are up",
            PoolState.Draining => $"{name} is drained from {hostname}: {reason}",
            PoolState.Guarded => $"{name} is down, but the guard keeps it in {hostname}: {reason}",
            PoolState.Down => (before == PoolState.Unknown
                ? $"{name} is down and not in {hostname}: {reason}"
                : $"{name} is removed from {hostname}: {reason}") +
                (endpoint.AnyServes ? "" : $"; no pool is up, whenAllDown {endpoint.Endpoint.WhenAllDown} speaks"),
            PoolState.Unknown => $"{name} of {hostname} is unknown: its addresses have not been probed yet",
        };
    }

    /// <summary>
    /// The address that turned a pool: one that is out and was not before, else any that is out; null for none.
    /// </summary>
    public static AddressPlan? CauseOf(PoolPlan pool, PoolPlan? before)
    {
        if (pool.State == PoolState.Up)
            return null;
        var earlier = before?.Addresses.Where(a => a.IsUp).Select(a => a.Shape.Value).ToHashSet() ?? [];
        return pool.Addresses.Where(a => a.State is VerdictState.Down or VerdictState.Draining)
            .OrderByDescending(a => earlier.Contains(a.Shape.Value)).ThenByDescending(a => a.State == VerdictState.Down)
            .FirstOrDefault();
    }

    /// <summary>Why an address is out: the person's words, or what the probe found that turned it.</summary>
    public static string CauseOf(AddressPlan address) => address.Override is { } set
        ? $"{set.Author}: {set.Reason}" : address.Verdict.Cause;
}
