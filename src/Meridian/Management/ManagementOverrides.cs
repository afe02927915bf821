using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Health.Overrides;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.Management;

/// <summary>The overrides of the node.</summary>
/// <param name="overrides">Sets and clears them.</param>
/// <param name="state">What the node serves now.</param>
/// <param name="judge">What would be known of addresses in another state.</param>
/// <param name="fleet">The nodes that share them; null for none.</param>
/// <param name="time">The clock.</param>
internal sealed class ManagementOverrides(OverrideFeature overrides, Func<NodeState> state,
    Func<NodeState, IVerdicts> judge, FleetFeature? fleet, TimeProvider time) : IOverrides
{
    public ImmutableArray<OverrideDocument> Current => [.. state().Overrides.Overrides.Select(OverrideDocument.Of)];

    public bool? IsShared => fleet?.IsAttached;

    public OverrideForecast ForecastSetting(Override value)
    {
        var now = state();
        var known = KnownTarget.Of(now);
        return new OverrideForecast(known.Any(k => k.IsOf(value.Target)) ? null : [.. known.Select(k => k.Text)],
            EmptiedBy(now, now.Overrides.With(value)));
    }

    public OverrideForecast ForecastClearing(OverrideTarget target)
    {
        var now = state();
        return new OverrideForecast(null, EmptiedBy(now, now.Overrides.Without(target)));
    }

    public async Task<OverrideOutcome> SetAsync(Override value)
    {
        var fault = await overrides.SetAsync(value);
        return new OverrideOutcome(Matched(value.Target), fleet is not null && !value.IsLocal, fault);
    }

    public async Task<OverrideOutcome?> ClearAsync(OverrideTarget target, string author)
    {
        if (!state().Overrides.Overrides.Any(o => o.Target == target))
            return null;
        var fault = await overrides.ClearAsync(target, author);
        return new OverrideOutcome(Matched(target), fleet is not null, fault);
    }

    // The same compiler that would make the table.
    private ImmutableArray<string> EmptiedBy(NodeState now, OverrideBook book)
    {
        var moment = time.GetUtcNow();
        var then = now.Table.WithOverrides(judge(now with { Overrides = book }), moment);
        return
        [
            .. from pair in now.Table.Endpoints.Zip(then.Endpoints)
               from change in (IEnumerable<(EndpointPlan? Before, EndpointPlan? After)>)
                   [(pair.First, pair.Second), (pair.First.Behind, pair.Second.Behind)]
               where change.Before is { AnyServes: true } && change.After is { AnyServes: false }
               select LastResortText.Of(change.After, moment),
        ];
    }

    // An address that stands in several endpoints counts once.
    private int Matched(OverrideTarget target) => KnownTarget.Addresses(state().Table)
        .Count(a => target.Matches(a.Pool, a.Value, a.Site));
}
