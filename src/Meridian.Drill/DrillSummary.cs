using System.Collections.Immutable;

namespace Meridian.Drill;

/// <summary>The figures of a drill.</summary>
public sealed record DrillSummary
{
    public required DrillWay Way { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required string Url { get; init; }

    public required string? InitialAddress { get; init; }

    public required int Checks { get; init; }

    public required int Successful { get; init; }

    public required int Expect { get; init; }

    /// <summary>Milliseconds, of the successful checks.</summary>
    public required LatencySummary Latency { get; init; }

    /// <summary>
    /// Every outage that began after a success and ended with one, in seconds from its first failed check to the next
    /// success.
    /// </summary>
    public required ImmutableArray<double> Downtimes { get; init; }

    /// <summary>Seconds; null where there was no outage.</summary>
    public double? AverageDowntime => Downtimes.IsEmpty ? null : Math.Round(Downtimes.Average(), 2);

    /// <summary>The outage that had not ended when the drill did, in seconds.</summary>
    public required double? Unrecovered { get; init; }

    /// <summary>Successes by site.</summary>
    public required ImmutableSortedDictionary<string, int> Sites { get; init; }

    /// <summary>One summary for each way.</summary>
    public static ImmutableArray<DrillSummary> ByWay(DrillOptions options, IReadOnlyList<DrillCheck> checks) =>
        [.. options.Ways.Select(w => Of(options, w, checks))];

    /// <summary>The figures of one way.</summary>
    public static DrillSummary Of(DrillOptions options, DrillWay way, IReadOnlyList<DrillCheck> all)
    {
        var checks = all.Where(c => c.Way == way).ToArray();
        var outages = Outage.Of(checks, options.Interval);
        var good = checks.Where(c => c.Ok).ToArray();
        return new DrillSummary
        {
            Way = way,
            Started = checks.Length > 0 ? checks[0].At : DateTimeOffset.UnixEpoch,
            Url = options.Url.ToString(),
            InitialAddress = checks.FirstOrDefault(c => c.Address is not null)?.Address,
            Checks = checks.Length,
            Successful = good.Length,
            Expect = options.Expect,
            Latency = LatencySummary.Of(good.Select(c => c.Latency.TotalMilliseconds)),
            Downtimes = [.. outages.Where(o => o.Ended && o.From != checks[0].At).Select(Seconds)],
            Unrecovered = outages is [.., { Ended: false } open] ? Seconds(open) : null,
            Sites = good.GroupBy(c => c.Site ?? c.Address ?? "?")
                .ToImmutableSortedDictionary(g => g.Key, g => g.Count()),
        };
    }

    private static double Seconds(Outage outage) => Math.Round((outage.To - outage.From).TotalSeconds, 2);
}
