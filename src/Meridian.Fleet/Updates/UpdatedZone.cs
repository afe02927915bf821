using System.Collections.Immutable;
using Meridian.State;

namespace Meridian.Fleet.Updates;

/// <summary>What dynamic updates have changed in a zone, as the shared store has it. Immutable.</summary>
/// <param name="Head">The revision of the last update; 0 where the store does not know the zone.</param>
/// <param name="Sets">The record sets, by owner, in small letters, and type.</param>
public sealed record UpdatedZone(long Head, ImmutableDictionary<(string Owner, int Type), StoredRecordSet> Sets)
{
    /// <summary>A zone that no update has changed.</summary>
    public static UpdatedZone None { get; } =
        new(0, ImmutableDictionary<(string Owner, int Type), StoredRecordSet>.Empty);
}
