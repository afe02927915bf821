using System.Collections.Immutable;

namespace Meridian.Api;

/// <summary>What setting or clearing an override would lead to.</summary>
/// <param name="Known">
/// Targets of all pools, sites and addresses, for suggestions; null where the override's own is one of them.
/// </param>
/// <param name="Emptied">
/// What it would leave without anything that is up, and what would answer then: a sentence for each endpoint.
/// </param>
public sealed record OverrideForecast(ImmutableArray<string>? Known, ImmutableArray<string> Emptied);
