using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;

namespace Meridian.Operator.Exporting;

/// <summary>
/// The exported services of one cluster. Each is written for itself, so that one that cannot be written holds up no
/// other; what failed is tried again, ever more slowly.
/// </summary>
/// <param name="cluster">Name of the cluster for people.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives messages for people.</param>
internal sealed class ClusterExports(string cluster, TimeProvider time, Action<string> log)
{
    private const string FieldManager = "meridian-export";

    private readonly WriteAttempts _attempts = new(time, log);
    private readonly string _sweeping = $"the removal of services that are exported to {cluster} no more";
    private volatile ImmutableSortedDictionary<string, string?> _faults =
        ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>Why each export is not in the cluster as it should be; null for those that are.</summary>
    public ImmutableSortedDictionary<string, string?> Faults => _faults;

    /// <summary>Brings the cluster up to date.</summary>
    public async Task ReconcileAsync(ClusterClient? client, Installation installation,
        IReadOnlyCollection<ExportPlan> plans, CancellationToken cancellationToken)
    {
        foreach (var plan in plans)
        {
            await _attempts.TryAsync(NameOf(plan), plan.Text, async () => await WriteAsync(
                client ?? throw new IOException("it is not known how the cluster is reached"), plan,
                await installation.IdAsync(cancellationToken), cancellationToken), cancellationToken);
        }

        if (client is not null)
        {
            await _attempts.TryAsync(_sweeping, string.Join(' ', plans.SelectMany(p => p.Slices.Keys
                .Prepend($"{p.Key}"))), async () => await SweepAsync(client, plans,
                    await installation.IdAsync(cancellationToken), cancellationToken), cancellationToken);
        }

        _attempts.Keep([_sweeping, .. plans.Select(NameOf)]);
        _faults = plans.ToImmutableSortedDictionary(p => p.Name, p => _attempts.FaultOf(NameOf(p)),
            StringComparer.Ordinal);
    }

    private string NameOf(ExportPlan plan) => $"the export of {plan.Name} to {cluster}";

    private static async Task WriteAsync(ClusterClient client, ExportPlan plan, string installation,
        CancellationToken cancellationToken)
    {
        var service = await ApplyAsync(client, ApiResources.Services, plan.Key, plan.Service.DeepClone().AsObject(),
            installation, cancellationToken);
        foreach (var (name, slice) in plan.Slices)
        {
            var owned = slice.DeepClone().AsObject();
            owned["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Service",
                ["name"] = plan.Key.Name,
                ["uid"] = (string?)service["metadata"]!["uid"],
            });
            await ApplyAsync(client, ApiResources.EndpointSlices, plan.Key with { Name = name }, owned, installation,
                cancellationToken);
        }
    }

    private static async Task<JsonObject> ApplyAsync(ClusterClient client, ApiResource resource, ObjectKey key,
        JsonObject document, string installation, CancellationToken cancellationToken)
    {
        var existing = await client.FindAsync(resource, key, cancellationToken);
        if (!Installation.MayWrite(existing, installation, ExportPlan.OwnerLabel))
            throw new IOException($"{resource.Kind} {key} {Installation.Foreign(existing!, ExportPlan.OwnerLabel)}");
        document["metadata"]!["labels"]![Installation.Label] = installation;
        return await client.ApplyAsync(resource, key, document, FieldManager, cancellationToken);
    }

    // Whatever is of this installation and is not exported any more.
    private static async Task SweepAsync(ClusterClient client, IReadOnlyCollection<ExportPlan> plans,
        string installation, CancellationToken cancellationToken)
    {
        var slices = plans.SelectMany(p => p.Slices.Keys.Select(s => p.Key with { Name = s })).ToHashSet();
        await RemoveAsync(client, ApiResources.EndpointSlices, slices, installation, cancellationToken);
        await RemoveAsync(client, ApiResources.Services, plans.Select(p => p.Key).ToHashSet(), installation,
            cancellationToken);
    }

    private static async Task RemoveAsync(ClusterClient client, ApiResource resource, HashSet<ObjectKey> wanted,
        string installation, CancellationToken cancellationToken)
    {
        using var existing = await client.ListAsync(resource, null,
            $"labelSelector={Uri.EscapeDataString($"{ExportPlan.OwnerLabel},{Installation.Label}={installation}")}",
            cancellationToken);
        foreach (var one in existing.RootElement.GetProperty("items").EnumerateArray())
        {
            if (!wanted.Contains(ObjectKey.Of(one)))
                await client.DeleteAsync(resource, ObjectKey.Of(one),
                    one.GetProperty("metadata").GetProperty("uid").GetString(), cancellationToken);
        }
    }
}
