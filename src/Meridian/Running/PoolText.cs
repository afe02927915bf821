using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Running;

/// <summary>Says what happened to a pool, in one sentence that can be read aloud.</summary>
internal static class PoolText
{
    public static string Of(EndpointPlan endpoint, PoolPlan pool, PoolState before)
    {
        var name = $"pool {pool.Shape.Pool.Name}";
        var hostname = endpoint.Shape.Hostname;
        return pool.State switch
        {
            PoolState.Up when before == PoolState.Guarded =>
                $"{name} is up again; the guard of {hostname} has let it go",
            PoolState.Up => $"{name} is back in {hostname}: {pool.UpCount} of {pool.Addresses.Length} addresses are up",
            PoolState.Draining => $"{name} is drained from {hostname}",
            PoolState.Guarded => $"{name} is down, but the guard keeps it in {hostname}: {Reason(pool)}",
            PoolState.Down => $"{name} is removed from {hostname}: {Reason(pool)}" +
                (endpoint.AnyServes ? "" : $"; no pool is up, whenAllDown {endpoint.Endpoint.WhenAllDown} speaks"),
            _ => $"{name} of {hostname} is {pool.State}",
        };
    }

    private static string Reason(PoolPlan pool)
    {
        var down = pool.Addresses.FirstOrDefault(a => a.State == VerdictState.Down);
        if (down is null)
            return "too few addresses are up";
        var why = down.Override is { } set ? $"{set.Author}: {set.Reason}" : down.Verdict.Reason;
        return $"address {down.Shape.Value}: {why}";
    }
}
