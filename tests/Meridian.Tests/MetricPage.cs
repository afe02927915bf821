using System.Text;
using Meridian.Gateway.Observing;
using Meridian.Running;

namespace Meridian.Tests;

/// <summary>Makes docs/reference/metrics.md of the node's metrics.</summary>
internal static class MetricPage
{
    public static string Write()
    {
        var page = new StringBuilder("# Metrics\n\nMade from the code; a test holds it current. `GET /metrics` on the "
            + "management address, in Prometheus text form. " +
            "The .NET runtime's own metrics (`dotnet_*`) come with them.\n\n| metric | kind | labels | meaning |\n| "
                + "--- | --- | --- | --- |\n");
        foreach (var metric in NodeMetrics.All)
            page.Append($"| `{metric.PrometheusName}` | {(metric.Counter ? "counter" : "gauge")} | "
                + $"{string.Join(", ", metric.Labels.Select(l => $"`{l}`"))} | {metric.Description} |\n");
        foreach (var (name, labels, text) in GatewayMeter.Descriptions)
            page.Append($"| `{name.Replace('.', '_')}_seconds` | histogram | "
                + $"{string.Join(", ", labels.Select(l => $"`{l}`"))} | {text} |\n");
        return page.ToString();
    }
}
