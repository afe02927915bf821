using System.Collections.Immutable;
using System.Text.Json;
using Meridian.State;
using Meridian.State.Shared;

namespace Meridian.Fleet.Updates;

/// <summary>What is to be written into the shared store for dynamic updates. Pure.</summary>
internal static class UpdateWrites
{
    private const int SetsOfBatch = 500;

    /// <summary>
    /// The one transaction that keeps an update. Each name has its key, with all of its sets that updates have changed;
    /// an update of more names than that is one value of its own, so that it too is kept whole or not at all.
    /// </summary>
    /// <param name="zone">The zone as the update was made for it.</param>
    /// <param name="origin">Its origin.</param>
    /// <param name="sets">The sets that the update changes.</param>
    /// <param name="head">What the zone's own key is to hold.</param>
    /// <param name="id">A name for the update, in case it is one value.</param>
    public static SharedTransaction Of(UpdatedZone zone, string origin, IReadOnlyCollection<StoredRecordSet> sets,
        string head, string id)
    {
        var names = sets.GroupBy(s => s.Owner.ToLowerInvariant(), StringComparer.Ordinal).ToArray();
        var writes = names.Length < SharedTransaction.MaxWrites
            ? names.Select(n => new SharedWrite(FleetKeys.UpdateOf(origin, n.Key), Text(AllOf(zone, n.Key, [.. n]))))
            : [new SharedWrite(FleetKeys.UpdateBatch(origin, id), Text(sets))];
        return new SharedTransaction([.. writes, new SharedWrite(FleetKeys.Update(origin), head)])
        {
            Conditions = [new SharedCondition(FleetKeys.Update(origin), zone.Head)],
        };
    }

    /// <summary>
    /// Transactions that take in what a node alone has of a zone that the store does not know. The zone's own key comes
    /// last: it counts as known, with all of its sets, from then on.
    /// </summary>
    public static ImmutableArray<SharedTransaction> Offer(string origin, IEnumerable<StoredRecordSet> sets, string head,
        string id, out string? fault)
    {
        var values = sets.Chunk(SetsOfBatch).Select((part, i) =>
            new CheckedWrite(FleetKeys.UpdateBatch(origin, $"{id}-{i}"), Text(part), 0));
        var key = FleetKeys.Update(origin);
        return WritePlan.Of([.. values, new CheckedWrite(key, head, 0)], new SharedCondition(key, 0), out fault);
    }

    // Other types of the name may stand in an earlier key, which this one then hides.
    private static IEnumerable<StoredRecordSet> AllOf(UpdatedZone zone, string owner, StoredRecordSet[] changed) =>
        zone.Sets.Where(s => s.Key.Owner == owner && changed.All(c => c.Type != s.Key.Type)).Select(s => s.Value)
            .Concat(changed);

    private static string Text(IEnumerable<StoredRecordSet> sets) => JsonSerializer.Serialize(
        [.. sets.OrderBy(s => s.Owner, StringComparer.Ordinal).ThenBy(s => s.Type).Select(SharedRecordSet.Of)],
        FleetJson.Default.SharedRecordSetArray);
}
