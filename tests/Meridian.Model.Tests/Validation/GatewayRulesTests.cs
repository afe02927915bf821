namespace Meridian.Model.Tests.Validation;

/// <summary>The gateway section of an endpoint; <c>p</c> has no port, <c>q</c> has one.</summary>
public sealed class GatewayRulesTests
{
    [Theory]
    [InlineData("q", "tcp: {port: 1}")]
    [InlineData("q", "tcp: {passthrough: true}, profile: opaque")]
    [InlineData("p", "tcp: {port: 65535}, upstream: {port: 80}")]
    [InlineData("lab", "tcp: {port: 23}")]
    [InlineData("p", "tcp: {port: 23}, pools: [{pool: q}]")]
    [InlineData("p", "upstream: {hostHeader: preserve}, affinity: {header: \"x-a!#$%&'*+.^_`|~9\"}")]
    [InlineData("p", "retry: {reasons: [connect, reset, timeout, \"400\", \"599\"], budget: 0%, perTryTimeout: 60s, " +
        "attempts: 1}")]
    [InlineData("p", "retry: {attempts: 10, perTryTimeout: 10ms}, hedge: {after: p50, max: 100%}")]
    [InlineData("p", "hedge: {after: 50ms}, spillAbove: 0.1")]
    [InlineData("p", "profile: grpc, upstream: {http2: true, scheme: https}, spillAbove: 10")]
    [InlineData("p", "deterministic: true, upstream: {http2: false}")]
    public void A_sound_gateway(string pool, string fields) => RuleCheck.IsSound("GlobalEndpoint", Spec(pool, fields));

    [Theory]
    [InlineData("p", "upstream: {hostHeader: a..b}", "a..b",
        "`a..b`: the name has an empty label (two dots in a row, or one at the start)")]
    [InlineData("p", "affinity: {header: \"\"}", "\"\"", "`` is not the name of a header")]
    [InlineData("p", "affinity: {header: \"a:b\"}", "\"a:b\"", "`a:b` is not the name of a header")]
    [InlineData("p", "profile: grpc, upstream: {http2: false}", "false", "profile grpc needs HTTP/2 to the addresses")]
    [InlineData("p", "deterministic: true, upstream: {http2: true}", "true",
        "`deterministic` needs HTTP/1.1 to the addresses; leave `http2` out")]
    [InlineData("p", "retry: {reasons: [reset, rest]}", "rest",
        "`rest` is not a reason to try again; write connect, reset, timeout or a status from 400 to 599; did you " +
        "mean `reset`?")]
    [InlineData("p", "retry: {reasons: [\"399\"]}", "\"399\"",
        "`399` is not a reason to try again; write connect, reset, timeout or a status from 400 to 599")]
    [InlineData("p", "retry: {reasons: [\"600\"]}", "\"600\"",
        "`600` is not a reason to try again; write connect, reset, timeout or a status from 400 to 599")]
    [InlineData("p", "retry: {budget: 20}", "20", "`budget` is a share; write \"20%\"")]
    [InlineData("p", "retry: {perTryTimeout: 60001ms}", "60001ms",
        "`perTryTimeout` is 1m1ms and must not be longer than `timeouts.firstByte`, 1m")]
    [InlineData("p", "retry: {attempts: 0}", "0", "field `attempts` is 0 and must be between 1 and 10")]
    [InlineData("p", "retry: {attempts: 11}", "11", "field `attempts` is 11 and must be between 1 and 10")]
    [InlineData("p", "hedge: {after: p51}", "p51", "`p51` is neither a duration nor one of p50, p90, p95, p99")]
    [InlineData("p", "hedge: {max: 2}", "2", "`max` is a share; write \"2%\"")]
    [InlineData("p", "spillAbove: 0.09", "0.09", "field `spillAbove` is 0.09 and must be between 0.1 and 10")]
    [InlineData("p", "spillAbove: 10.1", "10.1", "field `spillAbove` is 10.1 and must be between 0.1 and 10")]
    [InlineData("q", "tcp: {}", "{}",
        "connections come at a `port` of their own, or by `passthrough` at the TLS ports: write exactly one of them")]
    [InlineData("q", "tcp: {port: 23, passthrough: true}", "23",
        "connections come at a `port` of their own, or by `passthrough` at the TLS ports: write exactly one of them")]
    [InlineData("q", "tcp: {port: 22}", "22", "port 22 already belongs to GlobalEndpoint `first`")]
    [InlineData("q", "tcp: {port: 23}, profile: inference", "inference",
        "profile inference is for HTTP, and `tcp` passes on whatever comes")]
    [InlineData("q", "tcp: {port: 23}, upstream: {scheme: https}", "https",
        "`tcp` passes on whatever comes: it speaks no TLS to the addresses")]
    [InlineData("q", "tcp: {port: 23}, hedge: {}", "{}", "`hedge` is for HTTP, and `tcp` passes on whatever comes")]
    [InlineData("q", "tcp: {port: 23}, affinity: {header: a}", "{header",
        "`affinity` is for HTTP, and `tcp` passes on whatever comes")]
    [InlineData("q", "tcp: {port: 23}, deterministic: true", "true",
        "`deterministic` is for HTTP, and `tcp` passes on whatever comes")]
    [InlineData("p", "tcp: {port: 23}", "p}]",
        "address 10.0.0.1 of pool `p` has no `port`, and neither has `gateway.upstream`")]
    [InlineData("q", "tcp: {port: 23}, pools: [{pool: q}, {pool: p}]", "p}]",
        "address 10.0.0.1 of pool `p` has no `port`, and neither has `gateway.upstream`")]
    public void A_fault_of_the_gateway(string pool, string fields, string at, string message) =>
        RuleCheck.HasFault("GlobalEndpoint", Spec(pool, fields), at, message);

    private static string Spec(string pool, string gateway) =>
        $"{{hostname: x.example.org, policy: Failover, pools: [{{pool: {pool}}}], gateway: {{{gateway}}}}}";
}
