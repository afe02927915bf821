using System.Collections.Immutable;
using Meridian.Drill;
using Meridian.Model.History;

namespace Meridian.CommandLine;

/// <summary>The events of the servers during a drill, as its report shows them.</summary>
internal static class DrillEvents
{
    /// <param name="events">All events that are known.</param>
    /// <param name="checks">The checks; only their times matter.</param>
    public static ImmutableArray<DrillEvent> Of(IEnumerable<HistoryEvent> events, IReadOnlyList<DrillCheck> checks)
    {
        if (checks.Count == 0)
            return [];
        var (from, to) = (checks[0].At.AddSeconds(-1), checks[^1].At.AddSeconds(5));
        return [.. events.Where(e => e.At >= from && e.At <= to).OrderBy(e => e.At)
            .Select(e => new DrillEvent(e.At, e.Kind, e.Message))];
    }
}
