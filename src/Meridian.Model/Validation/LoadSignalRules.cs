using Meridian.Model.Loads;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class LoadSignalRules
{
    public static void Check(LoadSignal signal, Reporter report)
    {
        if (signal.Scrape is null)
        {
            if (!signal.Reports && !signal.Health)
                report.Fault(signal, "reports",
                    $"LoadSignal `{signal.Name}` has no source: give it a `scrape`, or leave `reports` or `health` on");
            return;
        }

        var scrape = signal.Scrape;
        var metrics = scrape.Metrics;
        if (scrape.Engine is null
            && (metrics.Running ?? metrics.Waiting ?? metrics.Memory ?? metrics.Utilisation) is null)
            report.Fault(scrape, "engine", "`scrape` needs an `engine`, or names of metrics in `metrics`");
        foreach (var (field, text) in ((string, string?)[])
            [("running", metrics.Running), ("waiting", metrics.Waiting), ("memory", metrics.Memory),
                ("utilisation", metrics.Utilisation)])
        {
            if (text is not null && !MetricExpression.TryParse(text, out _, out var error))
                report.Fault(metrics, field, $"`{text}` is not a metric expression: {error}");
        }

        if (!scrape.Path.StartsWith('/'))
            report.Fault(scrape, "path", $"`{scrape.Path}` must begin with a slash");
        if (scrape.Timeout > scrape.Interval)
            report.Fault(scrape, "timeout",
                $"`timeout` is {Durations.Format(scrape.Timeout)} and must not be longer than `interval`, " +
                $"{Durations.Format(scrape.Interval)}");
    }
}
