using Meridian.Health;
using Meridian.Model.History;
using Meridian.Model.Verdicts;
using Meridian.Steering;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>What the history and the log say of a verdict that turned.</summary>
internal static class VerdictEvents
{
    /// <summary>A thousand addresses that are up at the first start are no news for the log.</summary>
    public static LogLevel LevelOf(VerdictChange change) =>
        change is { Before.State: VerdictState.Unknown, After.State: VerdictState.Up }
        ? LogLevel.Debug : LogLevel.Information;

    /// <summary>A probe may count for addresses of several pools, and for several sites: all are named.</summary>
    public static HistoryEvent Of(VerdictChange change, SteeringTable table)
    {
        var judged = table.JudgedBy(change.Key).ToArray();
        return new HistoryEvent(default, "verdict", change.Key.ToString(),
            $"{change.Key} is {change.After.State.ToString().ToLowerInvariant()}: {change.After.Cause}")
        {
            Address = change.Key.Target,
            From = change.Before.State.ToString(),
            To = change.After.State.ToString(),
            Cause = change.After.Cause,
        }.About(judged.Select(j => j.Endpoint.Endpoint.Name), judged.Select(j => j.Pool.Shape.Pool.Name),
            judged.Select(j => j.Address.Shape.Site));
    }
}
