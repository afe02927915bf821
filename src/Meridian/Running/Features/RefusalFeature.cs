using Meridian.CommandLine;
using Meridian.Running.Control;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// Tells of what clusters and clients offer that cannot be used, of zones that cannot be compiled, and of what deserves
/// a look in those that can: once, and again when the reason is another.
/// </summary>
internal sealed class RefusalFeature(History history) : IFeature
{
    public string Name => "refusals";

    public void Commit(NodeState before, NodeState now)
    {
        foreach (var (source, reason) in now.RefusedContributions)
        {
            if (before.RefusedContributions.GetValueOrDefault(source) != reason)
                history.Record(LogLevel.Warning, "contribution", source, $"{source} is not used: {reason}");
        }

        foreach (var (origin, failure) in now.ZoneFailures)
        {
            if (before.ZoneFailures.GetValueOrDefault(origin) is { } old && old.Faults.SequenceEqual(failure.Faults))
                continue;
            var instead = failure.IsKept ? "its last good data serves on" : "it answers SERVFAIL";
            history.Record(LogLevel.Error, "zone", origin.ToString(),
                $"zone {origin} has a fault and {instead}: {failure.Faults[0]}");
        }

        foreach (var (origin, warnings) in now.ZoneWarnings)
        {
            if (before.ZoneWarnings.TryGetValue(origin, out var old) && old.SequenceEqual(warnings))
                continue;
            var more = warnings.Length == 1 ? ""
                : $" (and {warnings.Length - 1} more, which `{ProgramName.Current} check` shows)";
            history.Record(LogLevel.Warning, "zone", origin.ToString(), $"zone {origin}: {warnings[0]}{more}");
        }

        foreach (var origin in before.ZoneFailures.Keys.Except(now.ZoneFailures.Keys))
            history.Record(LogLevel.Information, "zone", origin.ToString(), $"zone {origin} has no fault any more");
    }
}
