using System.Collections.Immutable;

namespace Meridian.State.Shared;

/// <summary>All keys of a cluster as they stood at one revision of the store. Immutable.</summary>
/// <param name="Revision">The revision; 0 before anything was read.</param>
/// <param name="Entries">The keys in ordinal order.</param>
public sealed record SharedSnapshot(long Revision, ImmutableSortedDictionary<string, SharedEntry> Entries)
{
    /// <summary>What is known before anything was read.</summary>
    public static SharedSnapshot Empty { get; } =
        new(0, ImmutableSortedDictionary.Create<string, SharedEntry>(StringComparer.Ordinal));
}
