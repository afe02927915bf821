using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;

namespace Meridian.Operator.Exporting;

/// <summary>
/// Keeps a <c>DNSEndpoint</c> for each zone with a <c>delegation</c>, from which ExternalDNS (source <c>crd</c>) writes
/// NS records and glue into the parent zone, whichever provider holds it. One zone holds up no other.
/// </summary>
public sealed class DelegationWriter(ClusterClient client, Installation installation,
    Func<IReadOnlyCollection<DelegatedZone>> zones, TimeProvider time, Action<string> log)
{
    private const string FieldManager = "meridian-delegation";
    private const string Label = "meridian.dev/delegation";
    private const string Sweeping = "the removal of delegations that are wanted no more";
    private static readonly TimeSpan CompareInterval = TimeSpan.FromSeconds(1);

    private volatile ImmutableSortedDictionary<string, string?> _faults =
        ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>
    /// Why the delegation of each zone is not written; null for those that are. Another one with every change.
    /// </summary>
    public ImmutableSortedDictionary<string, string?> Faults => _faults;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var attempts = new WriteAttempts(time, log);
        using var timer = new PeriodicTimer(CompareInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var wanted = zones();
            foreach (var zone in wanted)
                await attempts.TryAsync(NameOf(zone), Document(zone).ToJsonString(),
                    () => WriteAsync(zone, cancellationToken), cancellationToken);

            await attempts.TryAsync(Sweeping, string.Join(' ', wanted.Select(z => z.Name)),
                () => SweepAsync(wanted, cancellationToken), cancellationToken);
            attempts.Keep([Sweeping, .. wanted.Select(NameOf)]);
            var faults = wanted.ToImmutableSortedDictionary(z => z.Name, z => attempts.FaultOf(NameOf(z)),
                StringComparer.Ordinal);
            if (!faults.SequenceEqual(_faults))
                _faults = faults;
        }
    }

    private static string NameOf(DelegatedZone zone) => $"the delegation of zone {zone.Name}";

    private static string ObjectOf(DelegatedZone zone) => $"meridian-{zone.Name}";

    private async Task WriteAsync(DelegatedZone zone, CancellationToken cancellationToken)
    {
        var (id, key) = (await installation.IdAsync(cancellationToken),
            new ObjectKey(client.Namespace, ObjectOf(zone)));
        try
        {
            var existing = await client.FindAsync(ApiResources.DnsEndpoints, key, cancellationToken);
            if (!Installation.MayWrite(existing, id, Label))
                throw new IOException($"DNSEndpoint {key} {Installation.Foreign(existing!, Label)}");
            var document = Document(zone);
            document["metadata"]!["labels"]![Installation.Label] = id;
            await client.ApplyAsync(ApiResources.DnsEndpoints, key, document, FieldManager, cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            throw new IOException("there is no kind DNSEndpoint in the cluster: ExternalDNS's CRD is wanted");
        }
    }

    private async Task SweepAsync(IReadOnlyCollection<DelegatedZone> wanted, CancellationToken cancellationToken)
    {
        var id = await installation.IdAsync(cancellationToken);
        try
        {
            using var existing = await client.ListAsync(ApiResources.DnsEndpoints, client.Namespace,
                $"labelSelector={Uri.EscapeDataString($"{Label},{Installation.Label}={id}")}", cancellationToken);
            foreach (var one in existing.RootElement.GetProperty("items").EnumerateArray())
            {
                var key = ObjectKey.Of(one);
                if (!wanted.Any(z => key.Name == ObjectOf(z)))
                    await client.DeleteAsync(ApiResources.DnsEndpoints, key,
                        one.GetProperty("metadata").GetProperty("uid").GetString(), cancellationToken);
            }
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // There is no such kind in the cluster, and so nothing of it.
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
