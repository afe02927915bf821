namespace Meridian.Model.Tests.Validation;

public sealed class LoadSignalRulesTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("{reports: false}")]
    [InlineData("{health: false}")]
    [InlineData("{reports: false, health: false, scrape: {engine: Dcgm}}")]
    [InlineData("{scrape: {metrics: {running: \"sum(a)\"}}}")]
    [InlineData("{scrape: {metrics: {waiting: a}, interval: 500ms, timeout: 500ms}}")]
    [InlineData("{scrape: {metrics: {memory: a / b}, interval: 1m, timeout: 1m}}")]
    [InlineData("{scrape: {metrics: {utilisation: a or b}, timeout: 50ms, path: /}}")]
    [InlineData("{capacity: 1, fullQueue: 1, fullMemory: 0.05}")]
    [InlineData("{capacity: 1000000, fullQueue: 1000000, fullMemory: 1}")]
    public void A_sound_signal(string spec) => RuleCheck.IsSound("LoadSignal", spec);

    [Theory]
    [InlineData("{reports: false, health: false}", "false, health",
        "LoadSignal `x` has no source: give it a `scrape`, or leave `reports` or `health` on")]
    [InlineData("{scrape: {}}", "{}", "`scrape` needs an `engine`, or names of metrics in `metrics`")]
    [InlineData("{scrape: {engine: Vllm, metrics: {running: \"a +\"}}}", "\"a +\"",
        "`a +` is not a metric expression: it ends too soon (at character 4)")]
    [InlineData("{scrape: {engine: Vllm, metrics: {waiting: \"a)\"}}}", "\"a)\"",
        "`a)` is not a metric expression: `)` is not expected (at character 2)")]
    [InlineData("{scrape: {engine: Vllm, metrics: {memory: \"\"}}}", "\"\"",
        "`` is not a metric expression: it ends too soon (at character 1)")]
    [InlineData("{scrape: {engine: Vllm, metrics: {utilisation: \"sum(a\"}}}", "\"sum",
        "`sum(a` is not a metric expression: `)` is missing (at character 6)")]
    [InlineData("{scrape: {engine: Vllm, path: metrics}}", "metrics", "`metrics` must begin with a slash")]
    [InlineData("{scrape: {engine: Vllm, interval: 1s, timeout: 1001ms}}", "1001ms",
        "`timeout` is 1s1ms and must not be longer than `interval`, 1s")]
    [InlineData("{scrape: {engine: Vllm, interval: 499ms, timeout: 50ms}}", "499ms",
        "field `interval` is 499ms and must be between 500ms and 1m")]
    [InlineData("{fullMemory: 1.01}", "1.01", "field `fullMemory` is 1.01 and must be between 0.05 and 1")]
    [InlineData("{fullMemory: 0.049}", "0.049", "field `fullMemory` is 0.049 and must be between 0.05 and 1")]
    [InlineData("{capacity: 0}", "0", "field `capacity` is 0 and must be between 1 and 1000000")]
    [InlineData("{fullQueue: 1000001}", "1000001", "field `fullQueue` is 1000001 and must be between 1 and 1000000")]
    public void A_fault_of_the_signal(string spec, string at, string message) =>
        RuleCheck.HasFault("LoadSignal", spec, at, message);
}
