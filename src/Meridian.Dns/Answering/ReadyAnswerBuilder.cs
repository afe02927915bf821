using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Answering;

/// <summary>Prepares answers when a zone is built, with the code that answers queries.</summary>
internal static class ReadyAnswerBuilder
{
    /// <summary>The answer to a query for each record set of a node, by the node's own name.</summary>
    public static ImmutableArray<ReadyAnswer?> Of(AuthoritativeZone zone, ZoneNode node, byte[] buffer) =>
        node.IsAuthoritative ? [.. node.Sets.Select(set => Positive(zone, node, set, null, buffer))] : [];

    /// <summary>The answer to one record set with its signatures.</summary>
    public static ReadyAnswer? Signed(
        AuthoritativeZone zone, ZoneNode node, RecordSet set, Signatures signatures, byte[] buffer) =>
        Positive(zone, node, set, signatures, buffer);

    /// <summary>
    /// The SOA record of every negative answer, which can be copied behind any name of the zone.
    /// </summary>
    public static ReadyAnswer Negative(AuthoritativeZone zone, byte[] buffer)
    {
        var query = Question(zone.Origin, RecordType.SOA);
        var builder = new ResponseBuilder(buffer);
        builder.Begin(query, buffer.Length, 0);
        builder.TryAuthority(zone.Soa, zone.NegativeTtl);
        var ready = builder.Ready(zone.Origin.Wire.Length);
        return ready with { Pointers = PointersOfSoa(ready.Records) };
    }

    private static ReadyAnswer? Positive(
        AuthoritativeZone zone, ZoneNode node, RecordSet set, Signatures? signatures, byte[] buffer)
    {
        var query = Question(node.Name, set.Type);
        var builder = new ResponseBuilder(buffer);
        builder.Begin(query, buffer.Length, 0);
        if (!builder.TryAnswer(node.Name.Wire, set))
            return null;
        foreach (var data in signatures?.Data ?? [])
        {
            if (!builder.TryAnswer(node.Name.Wire, RecordType.RRSIG, set.Ttl, data))
                return null;
        }

        AdditionalAddresses.Offer(zone, set, ref builder);
        return builder.Ready(node.Name.Wire.Length);
    }

    private static Query Question(DnsName name, RecordType type) => new()
    {
        HasQuestion = true,
        Name = name.Wire,
        Type = type,
        Class = 1,
    };

    // The pointers are in the names of the only record: its owner, primary and contact.
    private static ushort[] PointersOfSoa(ReadOnlySpan<byte> record)
    {
        const int FixedLength = 10;
        var pointers = new List<ushort>();
        var at = EndOfName(record, 0, pointers) + FixedLength;
        at = EndOfName(record, at, pointers);
        EndOfName(record, at, pointers);
        return [.. pointers];
    }

    private static int EndOfName(ReadOnlySpan<byte> record, int at, List<ushort> pointers)
    {
        for (; record[at] != 0; at += record[at] + 1)
        {
            if ((record[at] & 0xC0) != 0xC0)
                continue;
            pointers.Add((ushort)at);
            return at + 2;
        }

        return at + 1;
    }
}
