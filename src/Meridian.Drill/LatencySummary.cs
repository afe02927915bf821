namespace Meridian.Drill;

/// <summary>Milliseconds; all null where nothing was measured. Percentiles by the nearest rank.</summary>
public sealed record LatencySummary(double? Average, double? P50, double? P95, double? P99)
{
    public static LatencySummary Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        if (sorted.Length == 0)
            return new LatencySummary(null, null, null, null);
        return new LatencySummary(Math.Round(sorted.Average(), 1), Rank(0.5), Rank(0.95), Rank(0.99));

        double Rank(double share) => Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)], 1);
    }
}
