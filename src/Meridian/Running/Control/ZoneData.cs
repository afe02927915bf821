using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Running.Control;

/// <summary>
/// The data of zones that is in no file: what primaries have transferred and what clients have updated. Immutable.
/// </summary>
internal sealed record ZoneData
{
    public static ZoneData Empty { get; } = new();

    /// <summary>The records that a zone's primary has given, by origin; none where they have expired.</summary>
    public ImmutableDictionary<DnsName, ImmutableArray<MasterRecord>> Transferred { get; init; } =
        ImmutableDictionary<DnsName, ImmutableArray<MasterRecord>>.Empty;

    /// <summary>The record sets that dynamic updates have changed (RFC 2136), by origin, then by owner and type. A set
    /// without data is one that was deleted.</summary>
    public ImmutableDictionary<DnsName, ImmutableDictionary<(DnsName Owner, RecordType Type), RecordSet>> Updated
    {
        get;
        init;
    } = ImmutableDictionary<DnsName, ImmutableDictionary<(DnsName Owner, RecordType Type), RecordSet>>.Empty;

    /// <summary>
    /// The revision of the shared store at which a zone's updates were changed last, by origin; none where they are
    /// this node's own.
    /// </summary>
    public ImmutableDictionary<DnsName, long> Heads { get; init; } = ImmutableDictionary<DnsName, long>.Empty;

    public ImmutableArray<MasterRecord>? TransferredOf(DnsName origin) =>
        Transferred.TryGetValue(origin, out var records) && !records.IsEmpty ? records : null;

    public ImmutableArray<RecordSet> UpdatedOf(DnsName origin) =>
        Updated.TryGetValue(origin, out var sets) ? [.. sets.Values] : [];

    public ZoneData WithTransfer(DnsName origin, ImmutableArray<MasterRecord> records) =>
        this with { Transferred = Transferred.SetItem(origin, records) };

    public long HeadOf(DnsName origin) => Heads.GetValueOrDefault(origin);

    /// <summary>With all updates of a zone as the shared store holds them.</summary>
    public ZoneData WithShared(DnsName origin, IEnumerable<RecordSet> sets, long head) => this with
    {
        Updated = Updated.SetItem(origin, sets.ToImmutableDictionary(s => (s.Owner, s.Type))),
        Heads = Heads.SetItem(origin, head),
    };

    public ZoneData WithUpdate(DnsName origin, ZoneUpdate update) => WithSets(origin, update.Sets);

    public ZoneData WithSets(DnsName origin, IEnumerable<RecordSet> sets)
    {
        var before = Updated.GetValueOrDefault(origin,
            ImmutableDictionary<(DnsName Owner, RecordType Type), RecordSet>.Empty);
        var after = before.SetItems(sets.Select(s => KeyValuePair.Create((s.Owner, s.Type), s)));
        return this with { Updated = Updated.SetItem(origin, after) };
    }
}
