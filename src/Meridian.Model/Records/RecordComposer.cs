using System.Security.Cryptography;
using System.Text;
using Meridian.Model.Joining;
using Meridian.Model.Resources;

namespace Meridian.Model.Records;

/// <summary>
/// Turns clients' records into what is served. Addresses and aliases become contributions to the endpoint of their
/// name, which several clients can share. Every other record goes into its zone, beside the values of other clients.
/// Pure.
/// </summary>
public static class RecordComposer
{
    /// <summary>An endpoint's largest TTL, a day in seconds; a client that asks for more gets that.</summary>
    private const long MaxTtl = 86_400;

    /// <summary>Whether records of the type are steered: addresses and aliases.</summary>
    public static bool IsSteered(string type) => type.ToUpperInvariant() is "A" or "AAAA" or "CNAME";

    /// <summary>The configuration with all records that are not steered, in their zones.</summary>
    public static ResourceSet WithRecords(ResourceSet resources, IReadOnlyCollection<RecordOwner> owners)
    {
        var plain = owners.SelectMany(o => o.Records).Where(r => !IsSteered(r.RecordType)).ToArray();
        if (plain.Length == 0)
            return resources;
        var added = plain.Select(r => (Record: r, resources.ZoneNames.ZoneOf(r.Key.Name)?.Zone))
            .Where(r => r.Zone is not null).ToLookup(r => r.Zone!.Name, r => r.Record);
        return new ResourceSet([.. resources.All
            .Select(r => r is Zone zone && added[zone.Name].Any() ? With(zone, added[zone.Name]) : r)]);
    }

    /// <summary>
    /// What clients offer: a contribution for each client's (and each set identifier's) addresses of a name.
    /// </summary>
    public static IEnumerable<Contribution> Contributions(IReadOnlyCollection<RecordOwner> owners) =>
        from owner in owners
        from members in owner.Records.Where(r => IsSteered(r.RecordType)).GroupBy(r => (r.Key.Name, r.Key.Set))
        select Contribute(owner, members.Key.Name, members.Key.Set, [.. members]);

    private static Contribution Contribute(RecordOwner owner, string name, string set, ClientRecord[] records)
    {
        var suffix = set.Length == 0 ? "" : $", set {set}";
        var ttl = ShortestTtl(records);

        // What cannot be read was refused before it was stored, and what was stored earlier counts for nothing.
        var (properties, _) = JoiningProperties.Read(records.SelectMany(r => r.ProviderSpecific ?? [])
            .Where(p => p.OwnName is not null && p.Fault is null).DistinctBy(p => p.Name)
            .Select(p => KeyValuePair.Create(p.OwnName!, p.Value)));
        return new Contribution
        {
            Hostname = name,
            Source = $"{name} of {owner.Id}{suffix}",
            Pool = PoolName(owner, name, set),
            Addresses =
            [
                .. records.SelectMany(r => r.Targets).Select(t => t.TrimEnd('.'))
                    .Distinct(StringComparer.OrdinalIgnoreCase)
                    .Select(t => new PoolAddress { Value = t, Origin = $"records of {owner.Id}{suffix}" }),
            ],
            Site = properties.Site ?? owner.Site,
            Weight = properties.Weight ?? 1,
            Priority = properties.Priority,
            Policy = properties.Policy,
            Ttl = ttl is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, MaxTtl)) : null,
            HealthCheck = properties.HealthCheck,
            HealthPath = properties.HealthPath,
            Port = properties.Port,
        };
    }

    // A client's name may be long and hold any character, so that its hash stands for it.
    private static string PoolName(RecordOwner owner, string name, string set)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{owner.Id} {set}")));
        return $"records.{hash[..8]}.{name.Replace("*", "wildcard", StringComparison.Ordinal)}";
    }

    // A TTL has 31 bits (RFC 2181 section 8); a client may write any number.
    private static long? ShortestTtl(IEnumerable<ClientRecord> records) =>
        records.Where(r => r.RecordTtl > 0).Min(r => (long?)Math.Min(r.RecordTtl, int.MaxValue));

    private static Zone With(Zone zone, IEnumerable<ClientRecord> records)
    {
        var sets = records.GroupBy(r => (r.Key.Name, r.Key.Type)).OrderBy(g => g.Key).Select(g => new ZoneRecord
        {
            Name = $"{g.Key.Name}.",
            Type = g.Key.Type,
            Ttl = ShortestTtl(g) is { } ttl ? TimeSpan.FromSeconds(ttl) : null,
            Data = [.. g.SelectMany(r => r.Targets).Select(t => DataOf(g.Key.Type, t)).Distinct()
                .Order(StringComparer.Ordinal)],
            Location = new Location("records", 0, 0),
        });
        return zone with { Records = [.. zone.Records, .. sets] };
    }

    /// <summary>A target in master-file form. Text stays as it was written; names become absolute.</summary>
    internal static string DataOf(string type, string target) => type switch
    {
        "TXT" or "SPF" => Quoted(target),
        "NS" or "PTR" or "DNAME" or "MX" or "SRV" or "NAPTR" => target.EndsWith('.') ? target : target + ".",
        _ => target,
    };

    // A character string holds 255 octets at most (RFC 1035 section 3.3); longer text is several of them.
    private static string Quoted(string text)
    {
        var plain = text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
        if (plain.Length + 2 == text.Length && plain.Contains("\" \"", StringComparison.Ordinal))
            return text; // several strings already
        var parts = new List<string>();
        var part = new StringBuilder();
        var octets = 0;
        for (var i = 0; i < plain.Length; i++)
        {
            var unit = plain[i] == '\\' && i + 1 < plain.Length ? plain.Substring(i++, 2)
                : plain[i] == '"' ? "\\\""
                : plain[i].ToString();
            var size = unit[0] == '\\' ? 1 : Encoding.UTF8.GetByteCount(unit);
            if (octets + size > 255)
            {
                parts.Add($"\"{part}\"");
                part.Clear();
                octets = 0;
            }

            part.Append(unit);
            octets += size;
        }

        parts.Add($"\"{part}\"");
        return string.Join(' ', parts);
    }
}
