using System.Collections.Immutable;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Overrides;

/// <summary>The overrides that are in force, in the order in which they were set. Immutable.</summary>
public sealed record OverrideBook(ImmutableArray<Override> Overrides)
{
    public static OverrideBook Empty { get; } = new([]);

    /// <summary>
    /// The book with another override, which counts as the latest and replaces an earlier one of the same target.
    /// </summary>
    public OverrideBook With(Override added) =>
        new(Overrides.RemoveAll(o => o.Target == added.Target).Add(added));

    public OverrideBook Without(OverrideTarget target) => new(Overrides.RemoveAll(o => o.Target == target));

    /// <summary>The book without the overrides that have expired; the same one where none has.</summary>
    public OverrideBook At(DateTimeOffset now) =>
        Overrides.All(o => o.IsActive(now)) ? this : new(Overrides.RemoveAll(o => !o.IsActive(now)));

    /// <summary>The override that applies to an address: the latest of those that match it, or null.</summary>
    public Override? Find(string pool, string value, string? site)
    {
        for (var i = Overrides.Length - 1; i >= 0; i--)
        {
            if (Overrides[i].Target.Matches(pool, value, site))
                return Overrides[i];
        }

        return null;
    }
}
