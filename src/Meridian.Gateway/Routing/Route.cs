using System.Collections.Immutable;
using Meridian.Gateway.Retries;
using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Routing;

/// <summary>An endpoint as the gateway serves it: immutable, made anew with each change of a verdict.</summary>
/// <param name="Plan">The endpoint in the steering table.</param>
/// <param name="Options">Its gateway section.</param>
/// <param name="Tiers">Its pools, in the order of the resource.</param>
/// <param name="Record">Budget, times and counts, which outlive a change of verdicts.</param>
internal sealed record Route(EndpointPlan Plan, RouteOptions Options, ImmutableArray<Tier> Tiers, RouteRecord Record)
{
    /// <summary>Addresses that are up, and all of them.</summary>
    public (int Up, int All) Count { get; } = (Tiers.Sum(t => t.Targets.Count(a => a.IsUp)),
        Tiers.Sum(t => t.Targets.Length));

    /// <summary>
    /// Whether fewer than half of the addresses are up. Whatever says so may itself be ill, so that the others are used
    /// as well once those that are up have failed (Envoy's panic threshold).
    /// </summary>
    public bool Panics => Count.Up * 2 < Count.All;

    /// <summary>Whether it panics even if all that has not been probed yet should be up.</summary>
    public bool PanicsByVerdict =>
        (Count.Up + Tiers.Sum(t => t.Targets.Count(a => a.Address.State == VerdictState.Unknown))) * 2 < Count.All;

    /// <summary>Whether its addresses are asked to report their load with their answers.</summary>
    public bool AsksForReports { get; } = Tiers.Any(t => t.Pool.Shape.Signal is { Reports: true });

    /// <summary>How many requests may be sent again now.</summary>
    public int RetriesLeft => (int)Record.Retries.Left(Options.Budget, RetryRules.AlwaysPerSecond);

    public string Name => Plan.Endpoint.Name;
}
