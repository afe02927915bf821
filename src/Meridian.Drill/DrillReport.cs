using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace Meridian.Drill;

/// <summary>
/// A drill as one HTML page that needs nothing else: what every check met, when, and what the servers did meanwhile.
/// </summary>
public static class DrillReport
{
    /// <param name="options">What was checked.</param>
    /// <param name="checks">What was seen.</param>
    /// <param name="events">What the servers say happened meanwhile.</param>
    public static string Html(DrillOptions options, IReadOnlyList<DrillCheck> checks, IReadOnlyList<DrillEvent> events)
    {
        var page = new StringBuilder();
        var summaries = DrillSummary.ByWay(options, checks);
        var every = string.Create(CultureInfo.InvariantCulture,
            $"one check every {options.Interval.TotalSeconds:0.###} s {(options.Ways.Length > 1 ? "each way" : "")}");
        var began = checks.Count == 0 ? ""
            : checks[0].At.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Failover drill of {Text(options.Url.Host)}</title>
            <style>{Style}</style></head><body>
            <h1>Failover drill</h1>
            <p class="sub">{Text(options.Url.ToString())} · {every} · {began}</p>

            """);
        Cards(page, summaries);
        if (checks.Count > 0)
            page.Append(TimelineChart.Svg(options, checks, events));
        Outages(page, options, checks);
        Latencies(page, summaries);
        Events(page, checks, events);
        return page.Append("</body></html>\n").ToString();
    }

    internal static string Text(string text) => WebUtility.HtmlEncode(text);

    internal static string NameOf(DrillWay way) => way == DrillWay.Gateway ? "gateway" : "DNS";

    private static void Cards(StringBuilder page, ImmutableArray<DrillSummary> summaries)
    {
        page.Append("<div class=\"cards\">");
        foreach (var summary in summaries)
        {
            var colour = summary.Successful == summary.Checks ? "good" : "bad";
            var outages = summary.Downtimes.Length == 1 ? "outage" : "outages";
            var downtime =
                summary.AverageDowntime is { } average
                    ? string.Create(CultureInfo.InvariantCulture, $"average {average:0.0} s")
                : summary.Unrecovered is null ? "never down" : "down at the end";
            page.Append(CultureInfo.InvariantCulture, $"""
                <div class="card"><div class="way">{NameOf(summary.Way)}</div>
                <div class="big {colour}">{summary.Successful}<span> of {summary.Checks}</span></div>
                <div>checks succeeded</div><div class="big">{summary.Downtimes.Length}<span> {outages}</span></div>
                <div>{downtime}</div></div>
                """);
        }

        page.Append("</div>\n");
    }

    private static void Outages(StringBuilder page, DrillOptions options, IReadOnlyList<DrillCheck> checks)
    {
        page.Append("<h2>Outages</h2>");
        var any = false;
        var table = new StringBuilder("<table><tr><th>way</th><th>from</th><th>to</th><th " +
            "class=\"n\">seconds</th><th class=\"n\">failed checks</th><th>what was seen</th></tr>");
        foreach (var outage in options.Ways.SelectMany(w => Outage.Of(checks.Where(c => c.Way == w), options.Interval)))
        {
            any = true;
            var to = outage.Ended ? outage.To.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) : "not ended";
            table.Append(CultureInfo.InvariantCulture,
                $"<tr><td>{NameOf(outage.Way)}</td><td>{outage.From:HH:mm:ss.fff}</td><td>{to}</td>" +
                $"<td class=\"n\">{(outage.To - outage.From).TotalSeconds:0.0}</td><td " +
                $"class=\"n\">{outage.Failed}</td><td>{Text(outage.Seen)}</td></tr>");
        }

        page.Append(any ? table.Append("</table>\n").ToString() : "<p>None.</p>\n");
    }

    private static void Latencies(StringBuilder page, ImmutableArray<DrillSummary> summaries)
    {
        page.Append("<h2>Latency of the checks that succeeded, ms</h2><table><tr><th>way</th><th " +
            "class=\"n\">average</th><th class=\"n\">p50</th><th class=\"n\">p95</th><th " +
            "class=\"n\">p99</th><th>served by</th></tr>");
        foreach (var summary in summaries)
        {
            var latency = summary.Latency;
            var sites = string.Join(", ", summary.Sites.Select(s => $"{s.Key} {s.Value}"));
            page.Append(CultureInfo.InvariantCulture,
                $"<tr><td>{NameOf(summary.Way)}</td><td class=\"n\">{latency.Average:0.0}</td>" +
                $"<td class=\"n\">{latency.P50:0.0}</td><td class=\"n\">{latency.P95:0.0}</td>" +
                $"<td class=\"n\">{latency.P99:0.0}</td><td>{Text(sites)}</td></tr>");
        }

        page.Append("</table>\n");
    }

    private static void Events(StringBuilder page, IReadOnlyList<DrillCheck> checks, IReadOnlyList<DrillEvent> events)
    {
        if (events.Count == 0 || checks.Count == 0)
            return;
        page.Append("<h2>What the servers say</h2><table><tr><th class=\"n\">#</th><th class=\"n\">after " +
            "s</th><th>kind</th><th>what happened</th></tr>");
        for (var i = 0; i < events.Count; i++)
        {
            var seconds = (events[i].At - checks[0].At).TotalSeconds;
            page.Append(CultureInfo.InvariantCulture,
                $"<tr><td class=\"n\">{i + 1}</td><td class=\"n\">{seconds:0.00}</td>" +
                $"<td>{Text(events[i].Kind)}</td><td>{Text(events[i].Text)}</td></tr>");
        }

        page.Append("</table>\n");
    }

    private const string Style = """
        :root{color-scheme:light dark;--fg:#1d2330;--dim:#667085;--bg:#fbfbfd;--card:#fff;--line:#dfe3ea;
          --bad:#d03b3b;--good:#1a7f4b}
        @media(prefers-color-scheme:dark){:root{--fg:#e6e9ef;--dim:#98a2b3;--bg:#14171d;--card:#1c2028;--line:#323946;
          --bad:#ff6b6b;--good:#4cc38a}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);max-width:1160px;
          margin:2rem auto;padding:0 1.2rem}
        h1{font-size:1.6rem;margin:0}h2{font-size:1.1rem;margin:1.8rem 0 .5rem}
        .sub{color:var(--dim);margin:.2rem 0 1.2rem}
        .cards{display:flex;gap:1rem;flex-wrap:wrap;margin-bottom:1.2rem}
        .card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.8rem 1.2rem;
          min-width:11rem}
        .way{font-weight:600;color:var(--dim)}.big{font-size:1.9rem;font-weight:650;line-height:1.2}
        .big span{font-size:1rem;font-weight:400;color:var(--dim)}.good{color:var(--good)}.bad{color:var(--bad)}
        table{border-collapse:collapse;width:100%;font-size:.93rem}
        th,td{text-align:left;padding:.3rem .7rem;border-bottom:1px solid var(--line);vertical-align:top}
        th{color:var(--dim);font-weight:600;white-space:nowrap}.n{text-align:right;font-variant-numeric:tabular-nums}
        svg{width:100%;height:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}
        svg text{fill:var(--fg);font:12px system-ui,sans-serif}svg .dim{fill:var(--dim)}svg .grid{stroke:var(--line)}
        svg .event{stroke:var(--dim);stroke-dasharray:2 3}
        """;
}
