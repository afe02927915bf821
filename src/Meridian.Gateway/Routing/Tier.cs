using System.Collections.Immutable;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Routing;

/// <summary>A pool of a route.</summary>
/// <param name="Pool">The pool with its verdicts.</param>
/// <param name="Targets">Its addresses.</param>
/// <param name="Spill">Whether it gives a part of its requests to the next pool.</param>
internal sealed record Tier(PoolPlan Pool, ImmutableArray<Target> Targets, Spill Spill)
{
    /// <summary>Whether addresses are drawn by their capacity as well: where each of them declares one.</summary>
    public bool ByCapacity { get; } = Targets.All(t => t.Capacity.Requests is not null);
}
