using System.Text.Json;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Peers;

/// <summary>Prometheus takes the rules, and finds the metrics of a running node.</summary>
[Collection(Alone.Name)]
public sealed class PrometheusTests
{
    private const string Missing = "prometheus is not installed (Debian: prometheus)";

    private static string Rules { get; } = Path.Combine(Checkout.Root, "deploy", "prometheus", "meridian.rules.yaml");

    [Fact]
    public async Task The_rules_are_sound()
    {
        Assert.SkipUnless(Run.Has("promtool"), Missing);
        var check = await Run.ProgramAsync("promtool", "check", "rules", Rules);
        Assert.True(check.ExitCode == 0, check.Output + check.Error);
    }

    [Fact]
    public async Task A_running_node_is_scraped_and_an_alert_fires()
    {
        Assert.SkipUnless(Run.Has("prometheus"), Missing);
        await using var sites = TwoSites.Start();
        await using var node = await new TestNode(sites.Configuration("interval: 300ms, confirmInterval: 100ms",
            "recovery: {ramp: 0s}, gateway: {}"))
            .StartAsync(true, "--gateway", $"127.0.0.1:{Ports.Free()}");
        using var folder = new TestFolder();
        var port = Ports.Free();
        var configuration = folder.Write("prometheus.yml", $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["{{Rules}}"]
            scrape_configs:
              - job_name: meridian
                static_configs:
                  - targets: ["127.0.0.1:{{node.ManagementPort}}"]
            """);
        await using var prometheus = ChildProcess.Start("prometheus", $"--config.file={configuration}",
            $"--storage.tsdb.path={folder.Path}/data", $"--web.listen-address=127.0.0.1:{port}");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Wait.UntilAsync(async () => await ValueAsync(http, "meridian_node_ready") == "1"
            && await ValueAsync(http, "sum(meridian_pool_serving)") == "2", () => prometheus.Log, 60);
        Assert.NotNull(await ValueAsync(http, "meridian_gateway_panic"));

        await sites.First.StopAsync();
        await sites.Second.StopAsync();
        await Wait.UntilAsync(async () => (await http.GetStringAsync("/api/v1/alerts"))
            .Contains("MeridianEndpointDown", StringComparison.Ordinal), () => node.Log, 60);
    }

    private static async Task<string?> ValueAsync(HttpClient http, string query)
    {
        try
        {
            var answer = JsonDocument.Parse(
                await http.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
            var result = answer.RootElement.GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0 ? null : result[0].GetProperty("value")[1].GetString();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
