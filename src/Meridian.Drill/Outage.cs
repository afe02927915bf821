using System.Collections.Immutable;

namespace Meridian.Drill;

/// <summary>Failed checks in a row, up to the next success.</summary>
/// <param name="Way">The way of the checks.</param>
/// <param name="From">When the first failed.</param>
/// <param name="To">When the next succeeded, or when the drill ended.</param>
/// <param name="Ended">Whether one did.</param>
/// <param name="Failed">How many failed.</param>
/// <param name="Seen">What they saw, such as <c>3 × connection refused</c>.</param>
public sealed record Outage(DrillWay Way, DateTimeOffset From, DateTimeOffset To, bool Ended, int Failed, string Seen)
{
    /// <summary>The outages among the checks of one way, in their order.</summary>
    /// <param name="checks">The checks of one way.</param>
    /// <param name="interval">Time between two.</param>
    public static ImmutableArray<Outage> Of(IEnumerable<DrillCheck> checks, TimeSpan interval)
    {
        var outages = ImmutableArray.CreateBuilder<Outage>();
        var failed = new List<DrillCheck>();
        foreach (var check in checks)
        {
            if (check.Ok && failed.Count > 0)
            {
                outages.Add(Make(failed, check.At, true));
                failed.Clear();
            }
            else if (!check.Ok)
            {
                failed.Add(check);
            }
        }

        if (failed.Count > 0)
            outages.Add(Make(failed, failed[^1].At + interval, false));
        return outages.ToImmutable();
    }

    private static Outage Make(List<DrillCheck> failed, DateTimeOffset to, bool ended) =>
        new(failed[0].Way, failed[0].At, to, ended, failed.Count, string.Join(", ", failed
            .GroupBy(c => c.Status is { } status ? $"status {status}" : c.Error ?? "no answer")
            .Select(g => g.Count() == 1 ? g.Key : $"{g.Count()} × {g.Key}")));
}
