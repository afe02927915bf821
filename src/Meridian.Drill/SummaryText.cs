using System.Globalization;

namespace Meridian.Drill;

/// <summary>Writes the summary in the form that its users know.</summary>
public static class SummaryText
{
    public static void Write(TextWriter output, DrillSummary summary)
    {
        var way = summary.Way == DrillWay.Gateway ? "through the gateway" : "by DNS";
        var average = summary.AverageDowntime is { } seconds ? Seconds(seconds) : "none";
        var downtimes = summary.Downtimes.IsEmpty ? "none" : string.Join(", ", summary.Downtimes.Select(Seconds));
        var latency = summary.Latency;
        Line("==================== FAILOVER DOWNTIME SUMMARY ====================");
        Line($"Run Start Time:                       {summary.Started.ToLocalTime():yyyy-MM-dd HH:mm:ss zzz}");
        Line($"Endpoint URL:                         {summary.Url}");
        Line($"Way:                                  {way}");
        Line($"Initial IP Resolved:                  {summary.InitialAddress ?? "none"}");
        Line("-------------------------------------------------------------------");
        Line($"Total Checks Performed:               {summary.Checks}");
        Line($"Successful Checks (Status {summary.Expect}):       {summary.Successful}");
        Line($"Average Successful Latency:           {Milliseconds(latency.Average)} " +
            $"(p50 {Milliseconds(latency.P50)}, p95 {Milliseconds(latency.P95)}, p99 {Milliseconds(latency.P99)})");
        foreach (var (site, count) in summary.Sites)
            Line($"  served by {site + ":",-25} {count}");
        Line("-------------------------------------------------------------------");
        Line($"Total Failover Events ({summary.Expect}->fail->{summary.Expect}): {summary.Downtimes.Length}");
        Line($"Average Failover Downtime:            {average}");
        Line($"All Recorded Downtime Events:         {downtimes}");
        if (summary.Unrecovered is { } open)
            Line($"Not recovered at the end:             down for {Seconds(open)}");
        Line("===================================================================");

        void Line(string text) => output.WriteLine(text);
    }

    private static string Milliseconds(double? value) =>
        value is { } number ? number.ToString("0.0", CultureInfo.InvariantCulture) + " ms" : "none";

    private static string Seconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
