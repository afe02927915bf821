using System.Collections.Immutable;
using Meridian.Api.Contracts;
using Meridian.Model.Verdicts;

namespace Meridian.Api;

/// <summary>The overrides of a node.</summary>
public interface IOverrides
{
    /// <summary>The overrides in force, in the order in which they were made.</summary>
    ImmutableArray<OverrideDocument> Current { get; }

    /// <summary>
    /// Whether the store that nodes share can be reached, so that an override holds for all of them; null where this
    /// node shares none.
    /// </summary>
    bool? IsShared { get; }

    /// <summary>What an override would lead to.</summary>
    OverrideForecast ForecastSetting(Override value);

    /// <summary>What it would lead to that the override on a target is cleared.</summary>
    OverrideForecast ForecastClearing(OverrideTarget target);

    /// <summary>Sets an override in place of any other on its target. Completes when it is in force.</summary>
    Task<OverrideOutcome> SetAsync(Override value);

    /// <summary>Clears the override on a target. Completes when the verdicts count again.</summary>
    /// <returns>Null where there is no override on the target.</returns>
    Task<OverrideOutcome?> ClearAsync(OverrideTarget target, string author);
}
