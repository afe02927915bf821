using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Tests;

/// <summary>The gateway section of an endpoint: read with its defaults, refused with a place and a reason.</summary>
public sealed class GatewaySectionTests
{
    [Fact]
    public void Every_field_is_read()
    {
        var configuration = Read("""
            profile: inference
                upstream: {scheme: https, port: 8443, hostHeader: model.example.net, capacity: 16,
                  tls: {verify: false, serverName: x.example.net}}
                retry: {attempts: 4, reasons: [connect, "502", reset], nonIdempotent: false, budget: "10%",
                  perTryTimeout: 10s, replay: {memory: 64Ki, disk: 2Gi}}
                hedge: {after: p99, max: "1%"}
                timeouts: {connect: 1s, firstByte: 30s, idle: 60s}
                limits: {requestBody: 0}
                spillAbove: 0.8
                affinity: {header: x-session-id}
                deterministic: true
                pools: [{pool: p}]
            """);
        Assert.Empty(configuration.Faults);
        var gateway = configuration.Resources.Endpoints.Single().Gateway!;
        Assert.Equal(GatewayProfile.Inference, gateway.Profile);
        Assert.Equal(new ByteSize(64 << 10), gateway.Retry.Replay.Memory);
        Assert.Equal(new ByteSize(2L << 30), gateway.Retry.Replay.Disk);
        Assert.Equal(new ByteSize(0), gateway.Limits.RequestBody);
        Assert.Equal("p99", gateway.Hedge!.After);
        Assert.Equal(8443, gateway.Upstream.EffectivePort);
        Assert.True(gateway.Deterministic);
    }

    [Theory]
    [InlineData("profile: Inference", "did you mean `inference`")]
    [InlineData("retry: {reasons: [refused]}", "`refused` is not a reason to try again")]
    [InlineData("retry: {reasons: [\"200\"]}", "`200` is not a reason to try again")]
    [InlineData("retry: {budget: 3}", "`budget` is a share; write \"3%\"")]
    [InlineData("retry: {perTryTimeout: 2m}", "must not be longer than `timeouts.firstByte`, 1m")]
    [InlineData("retry: {replay: {memory: 1MB}}", "wants a size such as 64Ki")]
    [InlineData("retry: {replay: {memory: 99999999999Gi}}", "wants a size such as 64Ki")]
    [InlineData("hedge: {after: p42}", "neither a duration nor one of p50, p90, p95, p99")]
    [InlineData("affinity: {header: \"x y\"}", "is not the name of a header")]
    [InlineData("profile: grpc, upstream: {http2: false}", "profile grpc needs HTTP/2")]
    [InlineData("deterministic: true, upstream: {http2: true}", "`deterministic` needs HTTP/1.1")]
    [InlineData("tcp: {}, upstream: {port: 1}", "exactly one")]
    [InlineData("tcp: {port: 22, passthrough: true}, upstream: {port: 1}", "exactly one")]
    [InlineData("tcp: {port: 22}, upstream: {port: 1}, profile: inference", "profile inference is for HTTP")]
    [InlineData("tcp: {port: 22}, upstream: {port: 1}, deterministic: true", "`deterministic` is for HTTP")]
    [InlineData("tcp: {port: 22}, upstream: {port: 1, scheme: https}", "it speaks no TLS to the addresses")]
    [InlineData("pools: [{pool: nobody}]", "there is no AddressPool named `nobody`")]
    [InlineData("upstream: {hostHeader: \"a b\"}", "`a b`")]
    public void A_fault_says_what_is_wrong(string gateway, string words)
    {
        var fault = Assert.Single(Read($"{{{gateway}}}", inline: true).Faults);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1Ki", 1024)]
    [InlineData("3Mi", 3 << 20)]
    [InlineData("2Gi", 2L << 30)]
    public void A_size_is_written_as_it_is_read(string text, long octets)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(octets, size.Octets);
        Assert.Equal(text, size.ToString());
    }

    private static Configuration Read(string gateway, bool inline = false) =>
        ConfigurationReader.ReadText("test.yaml", TestYaml.Zone
            + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 10.0.0.1}]}")
            + $$"""
            {{TestYaml.Header}}kind: GlobalEndpoint
            metadata: {name: e}
            spec:
              hostname: app.example.org
              pools: [{pool: p}]
              gateway:{{(inline ? " " : "\n    ")}}{{gateway}}
            """);
}
