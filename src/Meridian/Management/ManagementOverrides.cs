using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.Steering;

namespace Meridian.Management;

/// <summary>The overrides of the node.</summary>
internal sealed class ManagementOverrides(OverrideFeature overrides, Func<NodeState> state) : IOverrides
{
    public ImmutableArray<OverrideDocument> Current => [.. state().Overrides.Overrides.Select(OverrideDocument.Of)];

    public async Task<OverrideOutcome> SetAsync(Override value)
    {
        var fault = await overrides.SetAsync(value);
        return new OverrideOutcome(Matched(value.Target), fault);
    }

    public async Task<OverrideOutcome?> ClearAsync(OverrideTarget target, string author)
    {
        if (!state().Overrides.Overrides.Any(o => o.Target == target))
            return null;
        var fault = await overrides.ClearAsync(target, author);
        return new OverrideOutcome(Matched(target), fault);
    }

    // An address that stands in several endpoints counts once.
    private int Matched(OverrideTarget target) => state().Table.Endpoints.SelectMany(e => e.AllPools)
        .SelectMany(pool => pool.Addresses
            .Where(a => target.Matches(GatewayFronts.NameOf(pool.Shape.Pool.Name), a.Shape.Value, a.Shape.Site))
            .Select(a => (pool.Shape.Pool.Name, a.Shape.Value)))
        .Distinct().Count();
}
