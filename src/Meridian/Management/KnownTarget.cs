using System.Collections.Immutable;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Steering;

namespace Meridian.Management;

/// <summary>Something that an override can be for, as its target is written.</summary>
/// <param name="Text">The target.</param>
/// <param name="IsOf">Whether it is among what another target, perhaps with <c>*</c>, is for.</param>
internal sealed record KnownTarget(string Text, Func<OverrideTarget, bool> IsOf)
{
    /// <summary>Every pool and site, whether or not it has addresses now, and every address.</summary>
    public static ImmutableArray<KnownTarget> Of(NodeState state) =>
    [
        .. state.Resources.Sites.Keys.Select(site => new KnownTarget($"site/{site}",
            t => t.Site is not null && t.Matches("", "", site))),
        .. state.Resources.Pools.Keys.Select(pool => new KnownTarget($"pool/{pool}",
            t => t.Pool is not null && t.Address is null && t.Matches(pool, "", null))),
        .. state.Resources.Pools.Values.SelectMany(p => p.Addresses.Select(a => (Pool: p.Name, a.Value)))
            .Concat(Addresses(state.Table).Select(a => (a.Pool, a.Value))).Distinct()
            .Select(a => new KnownTarget($"address/{a.Pool}/{a.Value}",
                t => t.Address is not null && t.Matches(a.Pool, a.Value, null))),
    ];

    /// <summary>The addresses that are steered, each once.</summary>
    public static IEnumerable<(string Pool, string Value, string? Site)> Addresses(SteeringTable table) =>
        table.Endpoints.SelectMany(e => e.AllPools)
            .SelectMany(pool => pool.Addresses.Select(a =>
                (Pool: GatewayFronts.NameOf(pool.Shape.Pool.Name), a.Shape.Value, a.Shape.Site)))
            .DistinctBy(a => (a.Pool, a.Value));
}
