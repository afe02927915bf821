using System.Collections.Immutable;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Overrides;

/// <summary>The overrides that stand, in the order in which they were made. Immutable.</summary>
public sealed record OverrideBook(ImmutableArray<Override> Overrides)
{
    public static OverrideBook Empty { get; } = new([]);

    /// <summary>The book with a new word; an earlier one on the same target goes.</summary>
    public OverrideBook With(Override added) =>
        new(Overrides.RemoveAll(o => o.Target == added.Target).Add(added));

    public OverrideBook Without(OverrideTarget target) => new(Overrides.RemoveAll(o => o.Target == target));

    /// <summary>The book without what has expired.</summary>
    public OverrideBook At(DateTimeOffset now) =>
        Overrides.All(o => o.IsActive(now)) ? this : new(Overrides.RemoveAll(o => !o.IsActive(now)));

    /// <summary>When the next override expires; null for never.</summary>
    public DateTimeOffset? NextExpiry => Overrides.Min(o => o.Expires);

    /// <summary>The latest word on an address, or null.</summary>
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
