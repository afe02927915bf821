using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Meridian.Drill;

/// <summary>
/// The drill over time: a lane for each way with every check coloured by its site, latencies below, events across.
/// </summary>
internal static class TimelineChart
{
    private const int Width = 1120;
    private const int Left = 70;
    private const int Right = 16;
    private const int LaneHeight = 34;
    private const int LaneGap = 20;
    private const int Top = 52;
    private const int PlotHeight = 130;

    private static readonly string[] Colours = ["#3b7dd8", "#e3a008", "#2aa198", "#8e5bd0", "#d2691e", "#5f8a3c",
        "#c2568f", "#708090"];
    private static readonly int[] Steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
    private static readonly int[] Ticks = [1, 10, 100, 1000];

    public static string Svg(DrillOptions options, IReadOnlyList<DrillCheck> checks, IReadOnlyList<DrillEvent> events)
    {
        var start = checks[0].At;
        var span = Math.Max(1, (checks[^1].At - start + options.Interval).TotalSeconds);
        var sites = checks.Where(c => c.Ok).Select(c => c.Site ?? c.Address ?? "?").Distinct().Order()
            .ToImmutableArray();
        var lanesEnd = Top + (options.Ways.Length * (LaneHeight + LaneGap));
        var height = lanesEnd + PlotHeight + 46;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"every check over time\">");
        Legend(svg, sites);
        Axis(svg, span, lanesEnd, height);
        Events(svg, events, start, span, height);
        for (var lane = 0; lane < options.Ways.Length; lane++)
            Lane(svg, options, [.. checks.Where(c => c.Way == options.Ways[lane])],
                Top + (lane * (LaneHeight + LaneGap)), start, span, sites);
        Latencies(svg, checks, lanesEnd, start, span, sites);
        return svg.Append("</svg>\n").ToString();
    }

    private static double X(double seconds, double span) => Left + (seconds / span * (Width - Left - Right));

    private static string ColourOf(DrillCheck check, ImmutableArray<string> sites) =>
        check.Ok ? Colours[sites.IndexOf(check.Site ?? check.Address ?? "?") % Colours.Length] : "var(--bad)";

    private static void Legend(StringBuilder svg, ImmutableArray<string> sites)
    {
        var x = Left;
        foreach (var (name, colour) in sites.Select((s, i) => (s, Colours[i % Colours.Length]))
            .Append(("failed", "var(--bad)")))
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<rect x=\"{x}\" y=\"14\" width=\"12\" height=\"12\" rx=\"2\" fill=\"{colour}\"/><text " +
                $"x=\"{x + 18}\" y=\"24\">{DrillReport.Text(name)}</text>");
            x += 46 + (name.Length * 7);
        }
    }

    private static void Axis(StringBuilder svg, double span, int lanesEnd, int height)
    {
        var step = Steps.FirstOrDefault(s => span / s <= 14, 7200);
        for (var second = 0; second <= span; second += step)
        {
            var x = X(second, span);
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{x:0.0}\" x2=\"{x:0.0}\" y1=\"{Top - 8}\" y2=\"{height - 34}\"/><text " +
                $"class=\"dim\" text-anchor=\"middle\" x=\"{x:0.0}\" y=\"{height - 14}\">{second} s</text>");
        }

        foreach (var tick in Ticks)
        {
            var y = Y(tick, lanesEnd);
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\"/><text " +
                $"class=\"dim\" text-anchor=\"end\" x=\"{Left - 8}\" y=\"{y + 4:0.0}\">{tick} ms</text>");
        }
    }

    private static void Events(StringBuilder svg, IReadOnlyList<DrillEvent> events, DateTimeOffset start, double span,
        int height)
    {
        var last = -100.0;
        for (var i = 0; i < events.Count; i++)
        {
            var x = X(Math.Clamp((events[i].At - start).TotalSeconds, 0, span), span);
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"event\" x1=\"{x:0.0}\" x2=\"{x:0.0}\" y1=\"{Top - 8}\" " +
                $"y2=\"{height - 34}\"><title>{DrillReport.Text(events[i].Text)}</title></line>");

            // Events that happen together share a place; the first of them carries the number.
            if (x - last > 16)
                svg.Append(CultureInfo.InvariantCulture,
                    $"<text class=\"dim\" text-anchor=\"middle\" x=\"{x:0.0}\" y=\"{Top - 12}\">{i + 1}</text>");
            last = x - last > 16 ? x : last;
        }
    }

    private static void Lane(
        StringBuilder svg, DrillOptions options,
        ImmutableArray<DrillCheck> checks, int y, DateTimeOffset start, double span, ImmutableArray<string> sites)
    {
        var name = DrillReport.NameOf(checks.IsEmpty ? DrillWay.Dns : checks[0].Way);
        svg.Append(CultureInfo.InvariantCulture,
            $"<text text-anchor=\"end\" x=\"{Left - 8}\" y=\"{y + (LaneHeight / 2) + 4}\">{name}</text>");
        var width = Math.Max(1.5, (X(options.Interval.TotalSeconds, span) - Left) * 0.82);
        foreach (var check in checks)
        {
            var site = DrillReport.Text(check.Site ?? check.Address ?? "-");
            var result = check.Status?.ToString(CultureInfo.InvariantCulture) ?? DrillReport.Text(check.Error ?? "");
            svg.Append(CultureInfo.InvariantCulture,
                $"<rect x=\"{X((check.At - start).TotalSeconds, span):0.0}\" y=\"{y}\" width=\"{width:0.0}\" " +
                $"height=\"{LaneHeight}\" rx=\"1.5\" fill=\"{ColourOf(check, sites)}\">" +
                $"<title>{check.Number}: {site} {result} {check.Latency.TotalMilliseconds:0.0} ms</title></rect>");
        }

        foreach (var outage in Outage.Of(checks, options.Interval))
        {
            var (from, to) = (X((outage.From - start).TotalSeconds, span), X((outage.To - start).TotalSeconds, span));
            var middle = Math.Clamp((from + to) / 2, Left + 14, Width - Right - 14);
            svg.Append(CultureInfo.InvariantCulture,
                $"<text text-anchor=\"middle\" x=\"{middle:0.0}\" y=\"{y + LaneHeight + 14}\" " +
                $"style=\"fill:var(--bad)\">{(outage.To - outage.From).TotalSeconds:0.0} s</text>");
        }
    }

    private static double Y(double milliseconds, int lanesEnd) =>
        lanesEnd + 8 + (PlotHeight * (1 - (Math.Log10(Math.Clamp(milliseconds, 0.5, 4000) / 0.5) / Math.Log10(8000))));

    private static void Latencies(StringBuilder svg,
        IReadOnlyList<DrillCheck> checks, int lanesEnd, DateTimeOffset start, double span, ImmutableArray<string> sites)
    {
        foreach (var check in checks)
        {
            var (x, y) = (X((check.At - start).TotalSeconds, span), Y(check.Latency.TotalMilliseconds, lanesEnd));
            svg.Append(check.Way == DrillWay.Gateway
                ? string.Create(CultureInfo.InvariantCulture,
                    $"<rect x=\"{x - 2.5:0.0}\" y=\"{y - 2.5:0.0}\" width=\"5\" height=\"5\" " +
                    $"fill=\"{ColourOf(check, sites)}\"/>")
                : string.Create(CultureInfo.InvariantCulture,
                    $"<circle cx=\"{x:0.0}\" cy=\"{y:0.0}\" r=\"2.6\" fill=\"{ColourOf(check, sites)}\"/>"));
        }

        svg.Append(CultureInfo.InvariantCulture,
            $"<text class=\"dim\" x=\"{Width - Right}\" y=\"{lanesEnd + 2}\" text-anchor=\"end\">" +
            $"latency: ● by DNS, ■ through the gateway</text>");
    }
}
