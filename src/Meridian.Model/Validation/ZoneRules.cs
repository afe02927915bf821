using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class ZoneRules
{
    public static void Check(Zone zone, ResourceSet set, Reporter report)
    {
        if (report.DomainName(zone.Origin, null, zone, "origin") is not { } origin)
            return;
        if (origin.StartsWith("*.", StringComparison.Ordinal) || origin == "*")
            report.Fault(zone, "origin", $"`{zone.Origin}` is the name of a wildcard, which cannot be a zone");
        if (origin.Length == 0 && zone.Delegation is not null)
            report.Fault(zone, "delegation", "the root has no parent zone to be told");
        if (set.ZoneNames.ZoneOf(origin) is { Zone: var first } && first.Name != zone.Name)
            report.Fault(zone, "origin", $"the origin `{origin}` already belongs to Zone `{first.Name}`");
        CheckNameServers(zone, origin, report);
        CheckRecords(zone, origin, report);
        ZoneExchangeRules.Check(zone, report);
    }

    private static void CheckNameServers(Zone zone, string origin, Reporter report)
    {
        if (zone.NameServers.IsEmpty && zone.File is null && zone.Primaries.IsEmpty
            && !zone.Records.Any(r => r.Type.Equals("NS", StringComparison.OrdinalIgnoreCase) && r.Name == "@"))
            report.Fault(zone, "origin",
                "the zone has no name server: give `nameServers`, or a `file` with NS records");
        foreach (var server in zone.NameServers)
        {
            if (report.HostName(server.Name, server, "name") is not { } name)
                continue;
            for (var i = 0; i < server.Addresses.Length; i++)
                report.Address(server.Addresses[i], server, "addresses", i);
            if (server.Addresses.IsEmpty && DomainName.IsAtOrBelow(name, origin) && zone.File is null
                && !zone.Records.Any(r => r.OwnerIn(origin) == name))
                report.Fault(server, "name", $"`{name}` is inside the zone, so its `addresses` are needed");
        }

        if (zone.Soa?.Primary is { } primary)
            report.DomainName(primary, null, zone.Soa, "primary");
        if (zone.Soa?.Contact is { } contact)
        {
            if (contact.Contains('@', StringComparison.Ordinal))
                report.Fault(zone.Soa, "contact",
                    $"`{contact}`: write the mailbox with a dot for the `@`: {contact.Replace('@', '.')}");
            else
                report.DomainName(contact, null, zone.Soa, "contact");
        }
    }

    private static void CheckRecords(Zone zone, string origin, Reporter report)
    {
        foreach (var record in zone.Records)
        {
            if (report.DomainName(record.Name, origin, record, "name") is { } name
                && !DomainName.IsAtOrBelow(name, origin))
                report.Fault(record, "name", $"`{record.Name}` is outside the zone `{origin}`");
            if (record.Data.IsEmpty)
                report.Fault(record, "data", "`data` holds no record");
        }

        foreach (var owner in zone.Records.GroupBy(r => r.OwnerIn(origin)))
        {
            foreach (var twice in owner.GroupBy(r => r.Type.ToUpperInvariant()).Where(g => g.Count() > 1))
                report.Fault(twice.Last(), "name",
                    $"`{owner.Key}` {twice.Key} is given twice; put all data into one entry");
            var alias = owner.FirstOrDefault(r => r.Type.Equals("CNAME", StringComparison.OrdinalIgnoreCase));
            if (alias is null)
                continue;
            if (owner.Key == origin)
                report.Fault(alias, "type", "a CNAME cannot stand at the zone's origin, beside its SOA and NS");
            else if (owner.Any(r => r != alias && !r.Type.Equals("CNAME", StringComparison.OrdinalIgnoreCase)))
                report.Fault(alias, "type",
                    $"`{owner.Key}` has a CNAME and other data; a CNAME stands alone (RFC 1034 section 3.6.2)");
            if (alias.Data.Length > 1)
                report.Fault(alias, "data", $"`{owner.Key}` has {alias.Data.Length} CNAMEs; there can be only one");
        }
    }
}
