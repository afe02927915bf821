using Meridian.Model.Resources;

namespace Meridian.Model.Tests;

public sealed class LoadSignalTests
{
    private const string Header = "---\napiVersion: meridian.dev/v1alpha1\n";

    [Fact]
    public void A_signal_is_read_with_everything_in_it()
    {
        var set = Read("{capacity: 32, fullQueue: 8, fullMemory: 0.9, reports: false, health: false, scrape: " +
            "{engine: Sglang, port: 9000, path: /m, interval: 3s, timeout: 2s, metrics: {running: 'sum(a{b=\"c\"}) / " +
            "2'}}}", "", "LeastLoad").Resources;
        var signal = set.LoadSignals["l"];
        Assert.Equal((32, 8, 0.9, false, false),
            (signal.Capacity, signal.FullQueue, signal.FullMemory, signal.Reports, signal.Health));
        Assert.Equal((LoadEngine.Sglang, 9000, "/m"), (signal.Scrape!.Engine, signal.Scrape.Port, signal.Scrape.Path));
        Assert.True(set.Endpoints.Single().FollowsLoad);
    }

    [Theory]
    [InlineData("{reports: false, health: false}", "", "LeastLoad", "LoadSignal `l` has no source")]
    [InlineData("{scrape: {}}", "", "LeastLoad", "`scrape` needs an `engine`")]
    [InlineData("{scrape: {engine: vLLM}}", "", "LeastLoad", "wants one of Vllm, Sglang, Tgi")]
    [InlineData("{scrape: {metrics: {waiting: 'rate(x[5m])'}}}", "", "LeastLoad",
        "`rate(x[5m])` is not a metric expression: `(` is not expected (at character 5)")]
    [InlineData("{scrape: {engine: Vllm, path: metrics}}", "", "LeastLoad", "must begin with a slash")]
    [InlineData("{scrape: {engine: Vllm, interval: 1s, timeout: 2s}}", "", "LeastLoad",
        "must not be longer than `interval`")]
    [InlineData("{}", "weights: auto,", "Failover", "policy Failover uses no weights")]
    public void A_wrong_one_is_refused_with_the_reason(string signal, string more, string policy, string message) =>
        Assert.Contains(Read(signal, more, policy).Faults,
            f => f.ToString().Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Weights_that_follow_load_need_a_source_of_load()
    {
        Assert.Contains(Read("{}", "", "LeastLoad", "").Faults,
            f => f.Message.Contains("the load of pool `p` is not known", StringComparison.Ordinal));
        Assert.True(Read("{}", "gateway: {},", "LeastLoad", "").IsSound);
        Assert.True(Read("{}", "weights: auto,", "Sticky").IsSound);
        Assert.Contains(Read("{}", "", "LeastLoad", "loadSignal: k,").Faults,
            f => f.Message.Contains("there is no LoadSignal named `k`; did you mean `l`?", StringComparison.Ordinal));
    }

    private static Configuration Read(string signal, string more, string policy, string pool = "loadSignal: l,") =>
        ConfigurationReader.ReadText("f.yaml",
        $"{Header}kind: Zone\nmetadata: {{name: z}}\nspec: {{origin: example.org, nameServers: [{{name: " +
        $"ns.example.net}}]}}\n" +
        $"{Header}kind: LoadSignal\nmetadata: {{name: l}}\nspec: {signal}\n" +
        $"{Header}kind: AddressPool\nmetadata: {{name: p}}\nspec: {{{pool} addresses: [{{value: 192.0.2.1, capacity: " +
        $"4}}]}}\n" +
        $"{Header}kind: GlobalEndpoint\nmetadata: {{name: e}}\nspec: {{hostname: app.example.org, policy: {policy}, " +
        $"{more} pools: [{{pool: p}}]}}\n");
}
