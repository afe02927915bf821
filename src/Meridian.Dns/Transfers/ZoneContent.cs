using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// The records of a zone in a form that any server can hold: a steered name is replaced by the answer that a client of
/// unknown location gets now, so that a secondary can serve as a last resort.
/// </summary>
internal static class ZoneContent
{
    /// <summary>Every record set but the SOA.</summary>
    public static IEnumerable<RecordSet> Of(AuthoritativeZone zone) =>
        zone.Nodes.SelectMany(n => n.Sets).Where(s => s.Type != RecordType.SOA).Concat(zone.Defaults);

    /// <summary>The default answers of the steered names.</summary>
    public static ImmutableArray<RecordSet> DefaultsOf(AuthoritativeZone zone, DateTimeOffset now) =>
        [.. zone.SteeredNodes.SelectMany(n => DefaultsOf(n, now))];

    /// <summary>The difference between two versions.</summary>
    public static ZoneChange Difference(AuthoritativeZone before, AuthoritativeZone after)
    {
        var removed = ImmutableArray.CreateBuilder<RecordSet>();
        var added = ImmutableArray.CreateBuilder<RecordSet>();
        var steeredBefore = before.Defaults.ToDictionary(s => (s.Owner, s.Type));
        var steeredAfter = after.Defaults.ToDictionary(s => (s.Owner, s.Type));
        if (!before.SharesNodesWith(after))
        {
            foreach (var set in before.Nodes.SelectMany(n => n.Sets).Where(s => s.Type != RecordType.SOA))
                Compare(set, after.Find(set.Owner.Canonical)?.Find(set.Type));
            foreach (var set in after.Nodes.SelectMany(n => n.Sets).Where(s => s.Type != RecordType.SOA))
            {
                if (before.Find(set.Owner.Canonical)?.Find(set.Type) is null)
                    added.Add(set);
            }
        }

        foreach (var (key, set) in steeredBefore)
            Compare(set, steeredAfter.GetValueOrDefault(key));
        added.AddRange(steeredAfter.Where(p => !steeredBefore.ContainsKey(p.Key)).Select(p => p.Value));
        return new ZoneChange(before.Soa, after.Soa, removed.ToImmutable(), added.ToImmutable());

        void Compare(RecordSet old, RecordSet? now)
        {
            if (now is null)
            {
                removed.Add(old);
            }
            else if (old.Ttl != now.Ttl)
            {
                removed.Add(old);
                added.Add(now);
            }
            else
            {
                CompareData(old, now);
            }
        }

        void CompareData(RecordSet old, RecordSet now)
        {
            var gone = old.Data.Where(d => !now.Data.Contains(d, ByteOrder.Instance)).ToImmutableArray();
            var come = now.Data.Where(d => !old.Data.Contains(d, ByteOrder.Instance)).ToImmutableArray();
            if (!gone.IsEmpty)
                removed.Add(old with { Data = gone });
            if (!come.IsEmpty)
                added.Add(now with { Data = come });
        }
    }

    private static IEnumerable<RecordSet> DefaultsOf(ZoneNode node, DateTimeOffset now)
    {
        foreach (var type in node.Steered!.Types)
        {
            if (DefaultOf(node, type, now) is not { } set)
                continue;
            yield return set;
            if (set.Type == RecordType.CNAME)
                yield break;
        }
    }

    private static RecordSet? DefaultOf(ZoneNode node, RecordType type, DateTimeOffset now)
    {
        var buffer = new byte[SteeredReply.MaxData];
        var reply = node.Steered!.Answer(new SteeredQuestion(type, new byte[4], 0, false, 0, now), buffer);
        switch (reply.Kind)
        {
            case SteeredKind.Addresses:
                var size = type == RecordType.A ? 4 : 16;
                var addresses = reply.Addresses.ToArray().Chunk(size).OrderBy(a => a, ByteOrder.Instance)
                    .ToImmutableArray();
                return addresses.IsEmpty ? null : new RecordSet(node.Name, type, reply.MaxTtl, addresses);
            case SteeredKind.Record:
                return new RecordSet(node.Name, type, reply.MaxTtl, [reply.Record.ToArray()]);
            case SteeredKind.Alias:
                return new RecordSet(node.Name, RecordType.CNAME, reply.MaxTtl, [reply.Target!.Wire.ToArray()]);
            default:
                return null;
        }
    }
}
