using System.Collections.Immutable;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Routing;

/// <summary>A pool of a route.</summary>
/// <param name="Pool">The pool with its verdicts.</param>
/// <param name="Targets">Its addresses.</param>
/// <param name="Spill">Whether it gives a part to the next pool.</param>
internal sealed record Tier(PoolPlan Pool, ImmutableArray<Target> Targets, Spill Spill)
{
    /// <summary>Whether addresses are drawn by what they can do as well: where all of them say it.</summary>
    public bool ByCapacity { get; } = Targets.All(t => t.Capacity.Requests is not null);
}
