using Meridian.Dns.Records;
using Meridian.Dns.Transfers;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Signing;

/// <summary>
/// A whole zone with signatures and a chain of NSEC records, for secondaries, which have no key and cannot make the
/// compact denials that this server makes for each query (RFC 4035 section 2).
/// </summary>
internal static class SignedContent
{
    /// <summary>Every record set except the SOA, and the signature of the SOA.</summary>
    public static IEnumerable<RecordSet> Of(AuthoritativeZone zone, ZoneSigner signer, DateTimeOffset now)
    {
        yield return Sign(signer, zone.Soa, now);
        var owners = ZoneContent.Of(zone).ToLookup(s => s.Owner);
        var names = owners.Select(o => o.Key)
            .Where(n => n.Equals(zone.Origin) || KindOf(zone, n) is MatchKind.Exact or MatchKind.Cut)
            .Order(CanonicalOrder.Instance).ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            var name = names[i];
            var cut = KindOf(zone, name) == MatchKind.Cut;
            var types = owners[name].Select(s => s.Type).ToList();
            foreach (var set in owners[name])
            {
                yield return set;
                if (!cut || set.Type == RecordType.DS)
                    yield return Sign(signer, set, now);
            }

            // At a cut only the NS and DS records belong to this zone (section 2.3).
            if (cut)
                types.RemoveAll(t => t is not (RecordType.NS or RecordType.DS));
            if (name.Equals(zone.Origin))
                types.Add(RecordType.SOA);
            types.AddRange([RecordType.RRSIG, RecordType.NSEC]);
            var nsec = new RecordSet(name, RecordType.NSEC, zone.NegativeTtl,
                [NsecData.Of(names[(i + 1) % names.Length], types)]);
            yield return nsec;
            yield return Sign(signer, nsec, now);
        }

        // Glue, which is not signed.
        var ours = names.ToHashSet();
        foreach (var set in owners.Where(o => !ours.Contains(o.Key)).SelectMany(o => o))
            yield return set;
    }

    private static MatchKind KindOf(AuthoritativeZone zone, DnsName name) => zone.Find(name.Canonical)!.Match.Kind;

    private static RecordSet Sign(ZoneSigner signer, RecordSet set, DateTimeOffset now)
    {
        var form = SigningForm.Of(set.Owner.Canonical, set);
        var signatures = signer.Find(form, now, transient: false) ?? signer.Sign(form, now, transient: false);
        return new RecordSet(set.Owner, RecordType.RRSIG, set.Ttl, [.. signatures.Data]);
    }
}
