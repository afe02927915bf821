using System.Text.Json.Nodes;
using Meridian.Kubernetes;

namespace Meridian.Operator.Exporting;

/// <summary>
/// Keeps a <c>DNSEndpoint</c> for each zone with a <c>delegation</c>, from which ExternalDNS (source <c>crd</c>) writes
/// NS records and glue into the parent zone, whichever provider holds it.
/// </summary>
public sealed class DelegationWriter(ClusterClient client,
    Func<IReadOnlyCollection<DelegatedZone>> zones, TimeProvider time, Action<string> log)
{
    private const string FieldManager = "meridian-delegation";
    private const string Label = "meridian.dev/delegation";
    private static readonly TimeSpan CompareInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(2);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (done, at, fault) = ("", 0L, "");
        using var timer = new PeriodicTimer(CompareInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var wanted = zones();
            var text = string.Join('\n', wanted.Select(z => $"{z.Name} {Document(z).ToJsonString()}"));
            if (text == done && (text.Length == 0 || time.GetElapsedTime(at) < Recheck))
                continue;
            try
            {
                await ReconcileAsync(wanted, cancellationToken);
                (done, at, fault) = (text, time.GetTimestamp(), "");
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (fault != e.Message)
                    log("delegations cannot be written yet "
                        + $"(is ExternalDNS's CRD DNSEndpoint installed?): {e.Message}");
                fault = e.Message;
            }
        }
    }

    private async Task ReconcileAsync(IReadOnlyCollection<DelegatedZone> wanted, CancellationToken cancellationToken)
    {
        foreach (var zone in wanted)
            await client.ApplyAsync(ApiResources.DnsEndpoints, new ObjectKey(client.Namespace, $"meridian-{zone.Name}"),
                Document(zone), FieldManager, cancellationToken);
        using var existing = await client.ListAsync(ApiResources.DnsEndpoints, client.Namespace,
            $"labelSelector={Label}", cancellationToken);
        foreach (var one in existing.RootElement.GetProperty("items").EnumerateArray())
        {
            var key = ObjectKey.Of(one);
            if (!wanted.Any(z => key.Name == $"meridian-{z.Name}"))
                await client.DeleteAsync(ApiResources.DnsEndpoints, key,
                    one.GetProperty("metadata").GetProperty("uid").GetString(), cancellationToken);
        }
    }

    private static JsonObject Document(DelegatedZone zone) => new()
    {
        ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [Label] = zone.Name } },
        ["spec"] = new JsonObject
        {
            ["endpoints"] = new JsonArray([.. zone.Records.Select(r => (JsonNode)new JsonObject
            {
                ["dnsName"] = r.Name,
                ["recordType"] = r.Type,
                ["recordTTL"] = (long)zone.Ttl.TotalSeconds,
                ["targets"] = new JsonArray([.. r.Values.Select(v => (JsonNode)v)]),
            })]),
        },
    };
}
