using System.Collections.Immutable;
using System.Net.Sockets;
using Meridian.Model.Records;
using Meridian.Model.Values;

namespace Meridian.ExternalDns;

/// <summary>
/// Brings the records that ExternalDNS wants into the form in which they are stored, so that what is wanted and what is
/// there compare equal from the second sync on. Whatever a node would refuse is left out here, with a reason: one bad
/// annotation must not hold up a cluster's other names.
/// </summary>
internal static class Adjustment
{
    /// <param name="records">What is wanted; each is whole (<see cref="WebhookJson.IsWhole"/>).</param>
    /// <param name="scope">Where it may be.</param>
    /// <param name="leftOut">Gets each record and target that is left out, with the reason.</param>
    public static ImmutableArray<ClientRecord> Adjust(
        IEnumerable<ClientRecord> records, RecordScope scope, Action<string> leftOut)
    {
        var result = ImmutableArray.CreateBuilder<ClientRecord>();
        foreach (var record in records)
        {
            var adjusted = Adjust(record, leftOut);
            if (FaultOf(adjusted, record, scope) is { } fault)
                leftOut(fault);
            else
                result.Add(adjusted);
        }

        return result.ToImmutable();
    }

    private static string? FaultOf(ClientRecord adjusted, ClientRecord record, RecordScope scope) =>
        NameFault(adjusted) is { } error ? $"`{record.DnsName}`: {error}"
        : !scope.Allows(adjusted.Key.Name, adjusted.RecordType)
            ? $"`{record.DnsName}`: {record.RecordType} records of it may not be written; " +
                $"zones that may be are {string.Join(", ", scope.Zones)}"
        : adjusted.Targets.IsEmpty ? $"`{record.DnsName}` {record.RecordType} has no target that can be served"
        : null;

    // What is steered is reached by its name, as a host is.
    private static string? NameFault(ClientRecord record)
    {
        string? error;
        return (RecordComposer.IsSteered(record.RecordType)
            ? HostName.TryNormalize(record.DnsName, out _, out error, wildcard: true)
            : DomainName.TryNormalize(record.DnsName, null, out _, out error)) ? null : error;
    }

    private static ClientRecord Adjust(ClientRecord record, Action<string> leftOut)
    {
        var type = record.RecordType.ToUpperInvariant();
        return record with
        {
            DnsName = record.DnsName.TrimEnd('.').ToLowerInvariant(),
            RecordType = type,
            Targets = [.. record.Targets.Select(Target).OfType<string>().Distinct()],
            SetIdentifier = string.IsNullOrEmpty(record.SetIdentifier) ? null : record.SetIdentifier,
            ProviderSpecific = Properties(record, leftOut),
        };

        string? Target(string target)
        {
            var adjusted = AdjustTarget(type, target, out var fault);
            if (fault is not null)
                leftOut($"`{record.DnsName}`: {fault}");
            return adjusted;
        }
    }

    private static string? AdjustTarget(string type, string target, out string? fault)
    {
        fault = null;
        switch (type)
        {
            case "A" or "AAAA":
                if (!AddressText.TryParse(target, out var address, out fault))
                    return null;
                if ((address.AddressFamily == AddressFamily.InterNetwork) == (type == "A"))
                    return address.ToString();
                fault = $"`{target}` is not an address for a record of type {type}";
                return null;
            case "CNAME":
                if (HostName.TryNormalize(target, out var name, out var error))
                    return name;
                fault = $"`{target}`: {error}";
                return null;
            case "TXT":
                return target; // nobody may change a text
            default:
                return target.Trim();
        }
    }

    private static List<RecordProperty>? Properties(ClientRecord record, Action<string> leftOut)
    {
        var own = (record.ProviderSpecific ?? []).Where(p => p.OwnName is not null
            && p.Name != RecordsClient.Incomplete).ToArray();
        foreach (var property in own)
        {
            if (property.Fault is { } fault)
                leftOut($"`{record.DnsName}`: {property.Name}: {fault}");
        }

        List<RecordProperty> sound = [.. own.Where(p => p.Fault is null)];
        return sound.Count == 0 ? null : sound;
    }
}
