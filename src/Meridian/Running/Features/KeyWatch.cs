using Meridian.Dns.Wire;
using Meridian.Running.Control;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>Has zones compiled again when the keys that sign them change or the time of one comes.</summary>
internal sealed class KeyWatch(ZoneSources sources, ControlLoop loop, History history)
{
    /// <summary>Looks at the folders of all signed zones. Called by the file watcher alone.</summary>
    public void Check()
    {
        foreach (var zone in loop.State.Resources.Zones.Where(z => z.Dnssec is not null))
        {
            if (!DnsName.TryParse(zone.Origin, null, out var origin, out _)
                || !sources.HaveKeysChanged(origin, zone.Dnssec!.Keys))
                continue;
            var refusal = loop.SubmitAsync(new Change($"the keys of {origin}", inputs => inputs)
            {
                Zone = origin,
                Refuse = prepared => prepared.ZoneFailures.GetValueOrDefault(origin)?.Faults[0].Message,
            }).GetAwaiter().GetResult();
            if (refusal is null)
                history.Record(LogLevel.Information, "zone", origin.ToString(), $"zone {origin}: new keys are in use");
            else
                history.Record(LogLevel.Error, "zone", origin.ToString(),
                    $"zone {origin} goes on with its old keys: {refusal.Reason}");
        }
    }
}
