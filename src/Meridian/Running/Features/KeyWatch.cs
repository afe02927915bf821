using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.NameServer;
using Meridian.Running.Control;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>Has zones compiled again when the keys that sign them change or the time of one comes.</summary>
internal sealed class KeyWatch(ZoneSources sources, ControlLoop loop, History history)
{
    private ImmutableSortedDictionary<string, string> _faults =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Looks at the folders of all signed zones. Called by the file watcher alone.</summary>
    /// <returns>What is wrong with their keys, for as long as it is; null for nothing.</returns>
    public string? Check()
    {
        var faults = _faults.Clear();
        foreach (var zone in loop.State.Resources.Zones.Where(z => z.Dnssec is not null))
        {
            if (DnsName.TryParse(zone.Origin, null, out var origin, out _)
                && FaultOf(origin, zone.Dnssec!.Keys) is { } fault)
                faults = faults.SetItem(origin.ToString(), fault);
        }

        _faults = faults;
        return faults.IsEmpty ? null : string.Join("; ",
            faults.Select(f => $"zone {f.Key} goes on with its old keys: {f.Value}"));
    }

    private string? FaultOf(DnsName origin, string folder) => sources.CompareKeys(origin, folder) switch
    {
        KeyComparison.Other => Compile(origin),
        KeyComparison.Refused => _faults.GetValueOrDefault(origin.ToString()),
        KeyComparison.Unreadable => $"{folder} cannot be read",
        _ => null,
    };

    private string? Compile(DnsName origin)
    {
        var refusal = loop.SubmitAsync(new Change($"the keys of {origin}", inputs => inputs)
        {
            Zone = origin,
            Refuse = prepared => prepared.ZoneFailures.GetValueOrDefault(origin)?.Faults[0].Message,
        }).GetAwaiter().GetResult();
        if (refusal is null)
            history.Record(LogLevel.Information, "zone", origin.ToString(), $"zone {origin}: new keys are in use");
        return refusal?.Reason;
    }
}
