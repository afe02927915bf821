using System.Text.Json.Nodes;
using DnsClient;
using Meridian.TestCluster;

namespace Meridian.Bench.Kubernetes;

/// <summary>What is in the clusters.</summary>
internal static class World
{
    public const string Resources = """
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z}
        spec: {origin: example.org, nameServers: [{name: ns.example.net}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: p0}
        spec: {addresses: [{from: {cluster: c0, ingress: web/kokoro}}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: p1}
        spec: {addresses: [{from: {cluster: c1, ingress: web/kokoro}}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: p2}
        spec: {addresses: [{from: {cluster: c2, ingress: web/kokoro}}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: kokoro}
        spec: {hostname: kokoro.example.org, policy: Failover, pools: [{pool: p0}, {pool: p1}, {pool: p2}]}
        """;

    /// <summary>Slices of ten endpoints each, as large as the real ones are, each with its Service.</summary>
    public static void Fill(SmallApiServer cluster, int slices)
    {
        for (var i = 0; i < slices; i++)
        {
            cluster.Put(new JsonObject
            {
                ["apiVersion"] = "discovery.k8s.io/v1",
                ["kind"] = "EndpointSlice",
                ["metadata"] = new JsonObject { ["name"] = $"s{i}-abcde", ["namespace"] = $"ns{i % 50}", ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = $"s{i}" } },
                ["addressType"] = "IPv4",
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 8080, ["protocol"] = "TCP" }),
                ["endpoints"] = new JsonArray([.. Enumerable.Range(0, 10).Select(e => (JsonNode)new JsonObject
                {
                    ["addresses"] = new JsonArray($"10.{i / 250}.{i % 250}.{e + 1}"),
                    ["conditions"] = new JsonObject { ["ready"] = true, ["serving"] = true, ["terminating"] = false },
                    ["nodeName"] = $"node-{e}",
                    ["zone"] = "zone-a",
                    ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = $"ns{i % 50}", ["name"] = $"s{i}-6d4cf56db6-{e:x5}", ["uid"] = Guid.NewGuid().ToString() },
                })]),
            });
            if (i % 10 == 0)
                cluster.Put(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Service", ["metadata"] = new JsonObject { ["name"] = $"s{i}", ["namespace"] = $"ns{i % 50}" }, ["spec"] = new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["port"] = 80 }) } });
        }
    }

    /// <summary>Asks without a pause until the answer is the one that is wanted; a minute at most.</summary>
    public static async Task UntilAsync(LookupClient dns, string address)
    {
        var until = DateTime.UtcNow.AddMinutes(1);
        while (DateTime.UtcNow < until)
        {
            try
            {
                if ((await dns.QueryAsync("kokoro.example.org", QueryType.A)).Answers.ARecords().FirstOrDefault()?.Address.ToString() == address)
                    return;
            }
            catch (DnsResponseException)
            {
                // It does not listen yet.
            }

            await Task.Delay(1);
        }

        throw new TimeoutException($"no answer {address} within a minute");
    }
}
