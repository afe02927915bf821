using System.Collections.Immutable;
using System.Text.Json;
using Meridian.State.Shared;

namespace Meridian.Fleet;

/// <summary>
/// What stands in the shared store for good, as a file: what people have decided, and what clients have given. What
/// nodes say of what they see is not in it; they say it again by themselves.
/// </summary>
/// <param name="Revision">The revision at which it was read.</param>
/// <param name="Exported">When.</param>
/// <param name="Keys">The values of all keys, as they stand in the store.</param>
public sealed record StoreExport(long Revision, DateTimeOffset Exported,
    ImmutableSortedDictionary<string, string> Keys)
{
    public static StoreExport Of(SharedSnapshot snapshot, DateTimeOffset now) => new(snapshot.Revision, now,
        snapshot.Entries.Values.Where(e => FleetKeys.IsLasting(e.Key))
            .ToImmutableSortedDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal));

    public string ToText() => JsonSerializer.Serialize(this, FleetJson.Indented.StoreExport) + "\n";

    /// <exception cref="FormatException">The text is no export.</exception>
    public static StoreExport Parse(string text)
    {
        var export = FleetJson.Read(text, FleetJson.Default.StoreExport);
        if (export?.Keys is not { } keys || !keys.TryGetValue(FleetKeys.Format, out var format))
            throw new FormatException("it is no export of a shared store");
        if (keys.FirstOrDefault(k => k.Value is null || !FleetKeys.IsLasting(k.Key)).Key is { } odd)
            throw new FormatException($"it has the key {odd}, which no export has");
        var snapshot = SharedSnapshot.Empty with
        {
            Entries = SharedSnapshot.Empty.Entries.Add(FleetKeys.Format,
                new SharedEntry(FleetKeys.Format, format, 1, 1)),
        };
        return StoreFormat.FaultOf(snapshot) is { } fault ? throw new FormatException(fault) : export;
    }

    /// <summary>
    /// The transactions that bring a store from what it holds to what was exported. Each is done only if nobody has
    /// changed its keys meanwhile.
    /// </summary>
    /// <param name="now">What the store holds.</param>
    public ImmutableArray<SharedTransaction> From(SharedSnapshot now) =>
    [
        .. from batch in Writes(now).Chunk(SharedTransaction.MaxWrites)
           from writes in Split([.. batch])
           select new SharedTransaction(writes)
           {
               Conditions = [.. writes.Select(w => new SharedCondition(w.Key,
                   now.Entries.GetValueOrDefault(w.Key)?.Modified ?? 0))],
           },
    ];

    private IEnumerable<SharedWrite> Writes(SharedSnapshot now) =>
    [
        .. from one in Keys
           where now.Entries.GetValueOrDefault(one.Key)?.Value != one.Value
           select new SharedWrite(one.Key, one.Value),
        .. from entry in now.Entries.Values
           where FleetKeys.IsLasting(entry.Key) && !Keys.ContainsKey(entry.Key)
           select new SharedWrite(entry.Key, null),
    ];

    // A store takes so many octets in one transaction.
    private static IEnumerable<ImmutableArray<SharedWrite>> Split(ImmutableArray<SharedWrite> writes) =>
        writes.Length == 1 || SharedLimits.FaultOf(new SharedTransaction(writes)) is null
            ? [writes]
            : [.. Split(writes[..(writes.Length / 2)]), .. Split(writes[(writes.Length / 2)..])];
}
