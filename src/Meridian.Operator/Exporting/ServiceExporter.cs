using System.Text.Json.Nodes;
using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Steering;

namespace Meridian.Operator.Exporting;

/// <summary>
/// Keeps the Services and slices of exported services in their clusters as they should be, and removes those that are
/// no longer exported. Runs on the node that leads; a cluster that was unreachable is brought up to date afterwards.
/// </summary>
public sealed class ServiceExporter
{
    private const string FieldManager = "meridian-export";
    private static readonly TimeSpan CompareInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How often a cluster is compared with what should be in it, even where nothing changed here.
    /// </summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(2);

    private readonly Func<(ResourceSet Resources, SteeringTable Table)> _state;
    private readonly Func<string, ClusterClient?> _clientOf;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;

    /// <param name="state">Reads the configuration and the steering table.</param>
    /// <param name="clientOf">The API of a cluster; the empty name is the one that holds the resources.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives messages for people.</param>
    public ServiceExporter(Func<(ResourceSet, SteeringTable)> state, Func<string, ClusterClient?> clientOf,
        TimeProvider time, Action<string> log) =>
        (_state, _clientOf, _time, _log) = (state, clientOf, time, log);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var done = new Dictionary<string, (string Text, long At)>();
        var faults = new Dictionary<string, string>();
        using var timer = new PeriodicTimer(CompareInterval, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var (resources, table) = _state();
            var clusters = resources.Clusters.Keys.Concat(resources.ExportedServices.Values.SelectMany(e => e.Clusters))
                .Append("").Distinct().Where(c => _clientOf(c) is not null).ToArray();
            foreach (var cluster in clusters)
            {
                var plans = PlansFor(cluster, resources, table);
                var text = string.Join('\n', plans.Select(p => $"{p.Service.Namespace} {p.Plan.Text}"));
                if (done.TryGetValue(cluster, out var last) && last.Text == text
                    && _time.GetElapsedTime(last.At) < Recheck)
                    continue;
                try
                {
                    await ReconcileAsync(_clientOf(cluster)!, plans, cancellationToken);
                    done[cluster] = (text, _time.GetTimestamp());
                    faults.Remove(cluster);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    var name = cluster.Length == 0 ? "the cluster that holds the resources" : $"cluster {cluster}";
                    if (faults.GetValueOrDefault(cluster) != e.Message)
                        _log($"services cannot be exported to {name} yet: {e.Message}");
                    faults[cluster] = e.Message;
                }
            }
        }
    }

    // What a cluster should have, in an order that does not change; the cluster of the resources has the empty name.
    private static (ObjectKey Service, ExportPlan Plan)[] PlansFor(
        string cluster, ResourceSet resources, SteeringTable table) =>
        [
            .. from export in resources.ExportedServices.Values.OrderBy(e => e.Name, StringComparer.Ordinal)
               where export.Clusters.IsEmpty ? cluster.Length == 0 : export.Clusters.Contains(cluster)
               let endpoint = table.Endpoints.FirstOrDefault(p => p.Endpoint.Name == export.Endpoint)
               where endpoint is not null
               select (new ObjectKey(export.Namespace, export.ServiceName), ExportPlan.Of(export, endpoint)),
        ];

    private static async Task ReconcileAsync(
        ClusterClient client, (ObjectKey Service, ExportPlan Plan)[] plans, CancellationToken cancellationToken)
    {
        foreach (var (key, plan) in plans)
        {
            var service = await client.FindAsync(ApiResources.Services, key, cancellationToken);
            if (service is not null && service["metadata"]?["labels"]?[ExportPlan.OwnerLabel] is null)
                throw new IOException($"Service {key} is there already and is not Meridian's; it is left alone");
            service = await client.ApplyAsync(ApiResources.Services, key, plan.Service.DeepClone().AsObject(),
                FieldManager, cancellationToken);
            foreach (var (name, slice) in plan.Slices)
            {
                var owned = slice.DeepClone().AsObject();
                owned["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Service",
                    ["name"] = key.Name,
                    ["uid"] = (string?)service["metadata"]!["uid"],
                });
                await client.ApplyAsync(ApiResources.EndpointSlices, new ObjectKey(key.Namespace, name), owned,
                    FieldManager, cancellationToken);
            }
        }

        // Whatever has our label and is not exported any more.
        var wanted = plans.Select(p => p.Service).ToHashSet();
        var slices = plans.SelectMany(p => p.Plan.Slices.Keys.Select(s => new ObjectKey(p.Service.Namespace, s)))
            .ToHashSet();
        await RemoveAsync(client, ApiResources.EndpointSlices, slices, cancellationToken);
        await RemoveAsync(client, ApiResources.Services, wanted, cancellationToken);
    }

    private static async Task RemoveAsync(ClusterClient client, ApiResource resource, HashSet<ObjectKey> wanted,
        CancellationToken cancellationToken)
    {
        using var existing = await client.ListAsync(resource, null,
            $"labelSelector={Uri.EscapeDataString(ExportPlan.OwnerLabel)}", cancellationToken);
        foreach (var one in existing.RootElement.GetProperty("items").EnumerateArray())
        {
            var key = ObjectKey.Of(one);
            if (!wanted.Contains(key))
                await client.DeleteAsync(resource, key, one.GetProperty("metadata").GetProperty("uid").GetString(),
                    cancellationToken);
        }
    }
}
