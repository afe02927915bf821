using System.Text.Json.Nodes;
using Meridian.Acceptance.Support;
using Meridian.TestCluster;

namespace Meridian.Acceptance.Clusters;

/// <summary>The parent zone, told and checked.</summary>
public sealed class DelegationTests
{
    private static readonly string Child = TestYaml.Document("Zone", "child", "{origin: ai.example.org, "
        + "delegation: {ttl: 10m}, nameServers: [{name: ns1.ai.example.org, addresses: [127.0.0.1]}]}");

    [Fact]
    public async Task The_command_prints_what_the_parent_needs_and_finds_what_is_wrong_there()
    {
        await using var child = new TestNode(Child);
        await using var parent =
            await new TestNode(TestYaml.Document("Zone", "parent", "{origin: example.org, "
                + "nameServers: [{name: ns.example.net}], records: [{name: ai, type: NS, data: [ns1.ai.example.org.]}, "
                + "{name: ns1.ai, type: A, data: [127.0.0.1]}]}")).StartAsync();
        string[] arguments = ["delegation", "ai.example.org", "--config", child.ConfigurationFile, "--parent",
            $"127.0.0.1:{parent.DnsPort}", "--port", $"{child.DnsPort}"];

        var away = await MeridianProgram.RunAsync(arguments);
        Assert.Equal(1, away.ExitCode);
        Assert.Contains("; for the parent zone\nai.example.org. 600 IN NS ns1.ai.example.org.\nns1.ai.example.org. 600 "
            + "IN A 127.0.0.1\n", away.Output, StringComparison.Ordinal);
        Assert.Contains("right  ai.example.org NS at", away.Output, StringComparison.Ordinal);
        Assert.Contains("wrong  ns1.ai.example.org at", away.Output, StringComparison.Ordinal);

        await child.StartAsync();
        var right = await MeridianProgram.RunAsync(arguments);
        Assert.True(right.ExitCode == 0, right.Output + right.Error);
        Assert.DoesNotContain("wrong", right.Output, StringComparison.Ordinal);

        child.Write(Child.Replace("[127.0.0.1]", "[127.0.0.1, 127.0.0.2]", StringComparison.Ordinal));
        var glue = await MeridianProgram.RunAsync([.. arguments, "-o", "json"]);
        Assert.Equal(1, glue.ExitCode);
        var finding = Assert.Single(JsonNode.Parse(glue.Output)!["findings"]!.AsArray(),
            f => !(bool)f!["right"]! && ((string)f["subject"]!).Contains("glue", StringComparison.Ordinal))!;
        Assert.Equal("127.0.0.1, wanted 127.0.0.1, 127.0.0.2", (string?)finding["found"]);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_zone_with_a_delegation_is_told_to_ExternalDNS(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        world.Home.Put(DnsEndpointDefinition);
        world.Home.Put(Child);
        JsonObject? told = null;
        await Wait.UntilAsync(() => (told = world.Home.Find("dnsendpoints", "default", "meridian-child")) is not null,
            () => world.Node.Log);
        var wanted = JsonNode.Parse("""
            [{"dnsName": "ai.example.org", "recordType": "NS", "recordTTL": 600, "targets": ["ns1.ai.example.org"]},
             {"dnsName": "ns1.ai.example.org", "recordType": "A", "recordTTL": 600, "targets": ["127.0.0.1"]}]
            """);
        Assert.True(JsonNode.DeepEquals(told!["spec"]!["endpoints"], wanted), told.ToJsonString());
        world.Home.Delete("zones", "default", "child");
        await Wait.UntilAsync(() => world.Home.Find("dnsendpoints", "default", "meridian-child") is null,
            () => world.Node.Log);
    }

    private static JsonObject DnsEndpointDefinition => JsonNode.Parse("""
        {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
         "metadata": {"name": "dnsendpoints.externaldns.k8s.io",
           "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"}},
         "spec": {"group": "externaldns.k8s.io", "scope": "Namespaced",
           "names": {"kind": "DNSEndpoint", "plural": "dnsendpoints", "singular": "dnsendpoint",
             "listKind": "DNSEndpointList"},
           "versions": [{"name": "v1alpha1", "served": true, "storage": true, "subresources": {"status": {}},
             "schema": {"openAPIV3Schema": {"type": "object", "properties": {
               "spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}]}}
        """)!.AsObject();
}
