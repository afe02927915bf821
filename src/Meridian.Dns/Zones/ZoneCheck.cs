using Meridian.Dns.Steered;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>Decides whether the data of a zone hangs together.</summary>
/// <param name="origin">The zone's own name.</param>
/// <param name="sets">Its records by name and type; no set is empty.</param>
/// <param name="steered">The names whose answers are chosen for each query.</param>
internal sealed class ZoneCheck(
    DnsName origin,
    IReadOnlyDictionary<(DnsName Owner, RecordType Type), List<MasterRecord>> sets,
    IReadOnlyDictionary<DnsName, ISteeredName> steered)
{
    /// <summary>What keeps the zone from being served.</summary>
    public IEnumerable<ZoneFault> Faults()
    {
        if (!sets.ContainsKey((origin, RecordType.SOA)))
            yield return new ZoneFault("", 0, $"the zone {origin} has no SOA record");
        if (!sets.ContainsKey((origin, RecordType.NS)))
            yield return new ZoneFault("", 0, $"the zone {origin} has no NS record at its origin");
        var aliases = sets.Keys.Where(k => k.Type == RecordType.CNAME).Select(k => k.Owner).ToHashSet();
        var beside = sets.Keys.Where(k => k.Type is not (RecordType.CNAME or RecordType.RRSIG or RecordType.NSEC)
            && aliases.Contains(k.Owner))
            .Select(k => k.Owner).ToHashSet();
        foreach (var ((owner, type), records) in sets)
        {
            if (type == RecordType.SOA && !owner.Equals(origin))
                yield return At(records[0], $"{owner} has a SOA record and is not the zone's origin");
            if (type is RecordType.SOA or RecordType.CNAME or RecordType.DNAME && records.Count > 1)
                yield return At(records[1], $"{owner} has {records.Count} {type} records; there can be only one");
            if (type == RecordType.CNAME && beside.Contains(owner))
                yield return At(records[0], $"{owner} has a CNAME and other data (RFC 1034 section 3.6.2)");
            if (steered.TryGetValue(owner, out var name)
                && (type == RecordType.CNAME || name.Types.Contains(type)))
                yield return At(records[0], $"{owner} is owned twice: it is steered and has a {type} record");
        }
    }

    /// <summary>What may be meant otherwise than it is served.</summary>
    public IEnumerable<ZoneFault> Warnings()
    {
        var owners = sets.Keys.Select(k => k.Owner).Concat(steered.Keys).ToHashSet();
        var names = new Lazy<HashSet<DnsName>>(() => NamesOf(origin, owners));
        return DifferentTtls().Concat(Contacts()).Concat(ServersWithoutAddress(names)).Concat(BelowRedirects())
            .Concat(HiddenWildcards(owners, names));
    }

    /// <summary>Some names of a zone and all names between them and its origin.</summary>
    public static HashSet<DnsName> NamesOf(DnsName origin, IEnumerable<DnsName> owners)
    {
        var names = new HashSet<DnsName>();
        foreach (var owner in owners)
        {
            // Above a name that is present, all names are.
            for (var name = owner; names.Add(name) && !name.Equals(origin);)
                name = name.Parent!;
        }

        return names;
    }

    private IEnumerable<ZoneFault> DifferentTtls() =>
        from set in sets
        let first = set.Value[0]
        let other = set.Value.Find(r => r.Ttl != first.Ttl)
        where other is not null
        select At(other, $"the {RecordTypes.Name(first.Type)} records of {first.Owner} differ in TTL; "
            + $"all of them have that of the first, {first.Ttl} (RFC 2181 section 5.2)");

    private IEnumerable<ZoneFault> Contacts() =>
        from soa in sets.GetValueOrDefault((origin, RecordType.SOA)) ?? []
        let contact = NamesIn(soa, 2)[1]
        where contact.Wire.Contains((byte)'@')
        select At(soa, $"the contact {contact} has an `@`: the first dot stands for it, as in hostmaster.{origin}");

    private IEnumerable<ZoneFault> ServersWithoutAddress(Lazy<HashSet<DnsName>> names) =>
        from set in sets
        where set.Key.Type == RecordType.NS
        from record in set.Value
        let server = NamesIn(record, 1)[0]
        where server.IsAtOrBelow(origin) && (CutAbove(server) is not { } cut || cut.Equals(record.Owner))
            && !HasAddress(server, names)
        select At(record, $"{server}, a name server of {record.Owner}, is inside the zone and has no address there");

    private IEnumerable<ZoneFault> BelowRedirects()
    {
        var redirects = sets.Keys.Where(k => k.Type == RecordType.DNAME).Select(k => k.Owner).ToHashSet();
        return redirects.Count == 0 ? [] :
            from set in sets
            from above in Above(set.Key.Owner, redirects).Take(1)
            select At(set.Value[0], $"{set.Key.Owner} is below the DNAME of {above} and is never answered "
                + "(RFC 6672 section 2.4)");
    }

    // RFC 4592 section 2.2.2: a name that is only on the way to others exists, and no wildcard stands for it.
    private IEnumerable<ZoneFault> HiddenWildcards(HashSet<DnsName> owners, Lazy<HashSet<DnsName>> names)
    {
        if (!owners.Any(o => o.IsWildcard))
            return [];
        var records = sets.Values.ToLookup(s => s[0].Owner, s => s[0]);
        return
            from owner in owners
            from between in Above(owner, names.Value).TakeWhile(n => !n.Equals(origin))
            where !owners.Contains(between) && !between.IsWildcard
                && between.Parent!.Prepend("*"u8) is { } wildcard && owners.Contains(wildcard)
            group records[owner].FirstOrDefault() by between into hidden
            let message = $"{hidden.Key} has no records of its own, only names below it, and so "
                + $"*.{hidden.Key.Parent} does not stand for it (RFC 4592 section 2.2.2)"
            select hidden.OfType<MasterRecord>().FirstOrDefault() is { } first
                ? At(first, message) : new ZoneFault("", 0, message);
    }

    // Where no name is there, a wildcard at the closest name above may have the address.
    private bool HasAddress(DnsName server, Lazy<HashSet<DnsName>> names) => IsAddressed(server)
        || (!names.Value.Contains(server)
            && Above(server, names.Value).First().Prepend("*"u8) is { } wildcard && IsAddressed(wildcard));

    private bool IsAddressed(DnsName name) => steered.ContainsKey(name)
        || sets.ContainsKey((name, RecordType.A)) || sets.ContainsKey((name, RecordType.AAAA));

    private DnsName? CutAbove(DnsName name)
    {
        for (var at = name; !at.Equals(origin); at = at.Parent!)
        {
            if (sets.ContainsKey((at, RecordType.NS)))
                return at;
        }

        return null;
    }

    // The names of a set above one, the nearest first, up to the origin.
    private IEnumerable<DnsName> Above(DnsName name, HashSet<DnsName> among)
    {
        while (!name.Equals(origin))
        {
            name = name.Parent!;
            if (among.Contains(name))
                yield return name;
        }
    }

    private static DnsName[] NamesIn(MasterRecord record, int count)
    {
        var reader = new DnsReader(record.Data);
        var names = new DnsName[count];
        for (var i = 0; i < count; i++)
            names[i] = reader.TryReadWholeName(out var name) ? DnsName.FromWire(name) : DnsName.Root;
        return names;
    }

    private static ZoneFault At(MasterRecord record, string message) => new(record.File, record.Line, message);
}
