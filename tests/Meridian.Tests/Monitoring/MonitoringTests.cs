using System.Text.RegularExpressions;
using Meridian.Gateway.Observing;
using Meridian.Running;

namespace Meridian.Tests.Monitoring;

/// <summary>Dashboards and alerts speak of metrics that there are, and of labels that those have.</summary>
public sealed partial class MonitoringTests
{
    // What Prometheus adds to every series, and what histograms have.
    private static readonly string[] Common = ["instance", "job", "le"];

    public static TheoryData<string> Expressions =>
        [.. Alerts.All.Select(a => a.Expression),
            .. Dashboards.All.Values.SelectMany(d => d.Rows).SelectMany(r => r.Panels).SelectMany(p => p.Queries)
            .Select(q => q.Expression)];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Every_metric_and_label_exists(string expression)
    {
        var names = Metric().Matches(expression).Select(m => m.Value).ToArray();
        Assert.NotEmpty(names);
        var labels = Common.ToHashSet();
        foreach (var name in names)
        {
            Assert.True(Known.ContainsKey(name), $"there is no metric {name}");
            labels.UnionWith(Known[name]);
        }

        var used = By().Matches(expression).SelectMany(m => m.Groups[1].Value.Split(',')).Select(l => l.Trim())
            .Concat(Matcher().Matches(expression).Select(m => m.Groups[1].Value));
        Assert.All(used, label => Assert.Contains(label, labels));
    }

    [Fact]
    public void Every_metric_is_shown_or_alerted_on()
    {
        var all = string.Join('\n', Expressions.Select(e => e.Data));
        var unseen = Known.Keys.Where(k => !k.EndsWith("_sum", StringComparison.Ordinal)
            && !k.EndsWith("_count", StringComparison.Ordinal)).Where(k => !all.Contains(k, StringComparison.Ordinal));
        Assert.Empty(unseen);
    }

    private static Dictionary<string, IEnumerable<string>> Known { get; } = NodeMetrics.All
        .Select(m => (m.PrometheusName, m.Labels.AsEnumerable()))
        .Concat(GatewayMeter.Descriptions
            .SelectMany(d => new[] { "bucket", "sum", "count" }
                .Select(s => ($"{d.Name.Replace('.', '_')}_seconds_{s}", d.Labels.AsEnumerable()))))
        .ToDictionary(p => p.Item1, p => p.Item2);

    [GeneratedRegex(@"\b(meridian_[a-z_]+|http_server_[a-z_]+)\b")]
    private static partial Regex Metric();

    [GeneratedRegex(@"by \(([^)]*)\)")]
    private static partial Regex By();

    [GeneratedRegex("([a-z_]+)=~?\"")]
    private static partial Regex Matcher();
}
