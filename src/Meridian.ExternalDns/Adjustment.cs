using System.Collections.Immutable;
using System.Net;
using Meridian.Model.Records;
using Meridian.Model.Values;

namespace Meridian.ExternalDns;

/// <summary>
/// Brings what ExternalDNS wants into the form in which it is stored, so that what is wanted and what is there compare
/// equal from the second sync on. Whatever would be refused is left out here, with a reason: one bad annotation must
/// not hold up a cluster's other names.
/// </summary>
internal static class Adjustment
{
    private static readonly string[] Known =
        ["policy", "weight", "site", "priority", "port", "health-path", "health-check"];

    /// <param name="records">What is wanted.</param>
    /// <param name="scope">Where it may be.</param>
    /// <param name="leftOut">Is told what is left out and why.</param>
    public static ImmutableArray<ClientRecord> Adjust(IEnumerable<ClientRecord> records, RecordScope scope, Action<string> leftOut)
    {
        var result = ImmutableArray.CreateBuilder<ClientRecord>();
        foreach (var record in records)
        {
            var adjusted = Adjust(record, leftOut);
            if (!scope.Allows(adjusted.Key.Name, adjusted.RecordType))
                leftOut($"`{record.DnsName}`: {record.RecordType} records of it may not be written; zones that may be are {string.Join(", ", scope.Zones)}");
            else if (adjusted.Targets.IsEmpty)
                leftOut($"`{record.DnsName}` {record.RecordType} has no target that can be served");
            else
                result.Add(adjusted);
        }

        return result.ToImmutable();
    }

    private static ClientRecord Adjust(ClientRecord record, Action<string> leftOut) => record with
    {
        DnsName = record.DnsName.TrimEnd('.').ToLowerInvariant(),
        RecordType = record.RecordType.ToUpperInvariant(),
        Targets = [.. record.Targets.Select(t => Target(record, t, leftOut)).Where(t => t is not null).Select(t => t!)
            .Distinct()],
        SetIdentifier = string.IsNullOrEmpty(record.SetIdentifier) ? null : record.SetIdentifier,
        ProviderSpecific = Properties(record),
    };

    private static string? Target(ClientRecord record, string target, Action<string> leftOut)
    {
        switch (record.RecordType.ToUpperInvariant())
        {
            case "A" or "AAAA":
                if (IPAddress.TryParse(target, out var address)
                    && (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork) == record.RecordType.Equals("A", StringComparison.OrdinalIgnoreCase))
                    return address.ToString();
                leftOut($"`{record.DnsName}`: `{target}` is no address for a record of type {record.RecordType}");
                return null;
            case "CNAME":
                if (HostName.TryNormalize(target, out var name, out var error))
                    return name;
                leftOut($"`{record.DnsName}`: `{target}`: {error}");
                return null;
            case "TXT":
                return target; // text is nobody's to change
            default:
                return target.Trim();
        }
    }

    private static List<RecordProperty>? Properties(ClientRecord record)
    {
        var known = (record.ProviderSpecific ?? []).Where(p => Known.Any(k => p.Name == $"webhook/meridian-{k}"))
            .ToList();
        return known.Count == 0 ? null : known;
    }
}
