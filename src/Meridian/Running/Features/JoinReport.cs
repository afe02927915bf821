using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Fleet.Records;
using Meridian.Fleet.Updates;
using Meridian.Model.Records;
using Meridian.Running.Control;

namespace Meridian.Running.Features;

/// <summary>
/// What a node had of clients and zones that the shared store knows otherwise, when it joins the store for the first
/// time: the store's version counts from then on. Pure.
/// </summary>
internal static class JoinReport
{
    /// <summary>A client or a zone, and what the node had of it besides, one line for each record.</summary>
    internal sealed record Part(string Kind, string Subject, string Message, ImmutableArray<string> Lines);

    private const int Shown = 5;

    public static ImmutableArray<Part> Of(NodeInputs own, SharedRecordBook records, SharedUpdateBook updates) =>
    [
        .. from owner in own.Owners.Values
           let known = records.Find(owner.Id)
           where known is not null
           let lines = owner.Records.Except(known.Records).Select(LineOf).ToImmutableArray()
           where !lines.IsEmpty
           select new Part("records", owner.Id, $"the shared store knows {owner.Id} and not all that this node had "
               + $"of it; that is served no more: {Text(lines)}", lines),
        .. from zone in own.Zones.Updated
           let known = updates.Find(zone.Key.ToString())
           where known.Head > 0
           let lines = zone.Value.Values.Where(s => !IsIn(known, s, zone.Key)).Select(LineOf).ToImmutableArray()
           where !lines.IsEmpty
           select new Part("zone", zone.Key.ToString(), $"the shared store knows updates of {zone.Key} and not all "
               + $"that this node had; that is served no more: {Text(lines)}", lines),
    ];

    private static bool IsIn(UpdatedZone known, RecordSet set, DnsName origin) =>
        known.Sets.TryGetValue((set.Owner.ToString().ToLowerInvariant(), (int)set.Type), out var there)
            && there.Records.AsSpan().SequenceEqual(StoredZones.Of(origin, set).Records);

    private static string LineOf(ClientRecord record) =>
        $"{record.DnsName} {record.RecordType} {string.Join(' ', record.Targets)}";

    // In the form for data of any type (RFC 3597 section 5), which every name server reads.
    private static string LineOf(RecordSet set) => set.Data.IsEmpty
        ? $"; {set.Owner} {RecordTypes.Name(set.Type)}: deleted"
        : string.Join('\n', set.Data.Select(d =>
            $"{set.Owner} {set.Ttl} IN TYPE{(int)set.Type} \\# {d.Length} {Convert.ToHexStringLower(d)}"));

    private static string Text(ImmutableArray<string> lines) => string.Join("; ", lines.Take(Shown))
        + (lines.Length > Shown ? $"; and {lines.Length - Shown} more" : "");
}
