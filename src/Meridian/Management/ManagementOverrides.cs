using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Health.Overrides;
using Meridian.Model.Verdicts;
using Meridian.Steering;

namespace Meridian.Management;

/// <summary>The overrides of the node.</summary>
/// <param name="book">The overrides in force.</param>
/// <param name="table">The table that is served.</param>
/// <param name="set">Puts an override in force; gives why it is not stored, or null.</param>
/// <param name="clear">Clears the override on a target for an author; gives whether there was one, and why the change
/// is not stored, or null.</param>
internal sealed class ManagementOverrides(Func<OverrideBook> book, Func<SteeringTable> table,
    Func<Override, Task<string?>> set, Func<OverrideTarget, string, Task<(bool Found, string? StoreFault)>> clear)
    : IOverrides
{
    public ImmutableArray<OverrideDocument> Current => [.. book().Overrides.Select(OverrideDocument.Of)];

    public async Task<OverrideOutcome> SetAsync(Override value)
    {
        var fault = await set(value);
        return new OverrideOutcome(Matched(value.Target), fault);
    }

    public async Task<OverrideOutcome?> ClearAsync(OverrideTarget target, string author)
    {
        var (found, fault) = await clear(target, author);
        return found ? new OverrideOutcome(Matched(target), fault) : null;
    }

    // An address that stands in several endpoints counts once.
    private int Matched(OverrideTarget target) => table().Endpoints.SelectMany(e => e.AllPools)
        .SelectMany(pool => pool.Addresses
            .Where(a => target.Matches(GatewayFronts.NameOf(pool.Shape.Pool.Name), a.Shape.Value, a.Shape.Site))
            .Select(a => (pool.Shape.Pool.Name, a.Shape.Value)))
        .Distinct().Count();
}
