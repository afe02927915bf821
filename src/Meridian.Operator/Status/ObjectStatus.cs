using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Meridian.Kubernetes.Writing;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.Operator.Discovering;
using Meridian.Steering.Plans;

namespace Meridian.Operator.Status;

/// <summary>Makes the status of an object. Pure; conditions come without their transition times.</summary>
internal static class ObjectStatus
{
    /// <summary>Most addresses, and most decisions, in a status: Kubernetes limits the size of an object.</summary>
    private const int MaxListed = 100;

    public static (JsonObject Status, IReadOnlyList<Condition> Conditions) Of(
        ConfigurationObject one, StatusInput state)
    {
        var conditions = new List<Condition> { Accepted(one, state) };
        var status = new JsonObject { ["observedGeneration"] = one.Generation };
        if (!state.Accepted.ContainsKey(one.Id))
            return (status, conditions);
        switch (one.Kind)
        {
            case "GlobalEndpoint" when state.Endpoints.GetValueOrDefault(one.Name) is { } plan:
                Endpoint(plan, status, conditions);
                break;
            case "AddressPool":
                Pool(state.Pools.GetValueOrDefault(one.Name), status, conditions);
                break;
            case "HealthCheck":
                var probed = state.Table.Endpoints.SelectMany(e => e.AllPools).SelectMany(p => p.Addresses)
                    .Where(a => a.Shape.Probe?.Check == one.Name).DistinctBy(a => a.Shape.Probe).ToArray();
                status["targets"] = probed.Length;
                status["failing"] = probed.Count(a => a.Probed.State == VerdictState.Down);
                break;
            case "Zone":
                if (state.Serials.TryGetValue(one.Name, out var serial))
                    status["serial"] = serial;
                if (state.Delegations.TryGetValue(one.Name, out var fault))
                    conditions.Add(fault is null
                        ? new Condition("Delegated", true, "Written", "a DNSEndpoint for the parent zone is written")
                        : new Condition("Delegated", false, "NotWritten", fault));
                break;
            case "ExportedService" when state.Exports.Faults.GetValueOrDefault(one.Name) is { } clusters:
                Export(clusters, status, conditions);
                break;
            case "TunnelAgent" when state.Agents.GetValueOrDefault(one.Name) is { } agent:
                Agent(agent, status, conditions);
                break;
            case "Cluster":
                if (state.Discovery.Clusters.GetValueOrDefault(one.Name) is { } cluster)
                    Cluster(cluster, status, conditions);
                if (state.Discovery.Conflicts.GetValueOrDefault(one.Name) is { } conflict)
                    conditions.Add(new Condition("Conflict", true, "NameTaken", conflict));
                break;
        }

        return (status, conditions);
    }

    private static Condition Accepted(ConfigurationObject one, StatusInput state)
    {
        if (!state.Refused.TryGetValue(one.Id, out var faults))
        {
            return state.Accepted.TryGetValue(one.Id, out var accepted) && accepted.IsSameAs(one)
                ? new Condition("Accepted", true, "Accepted", "this version is served")
                : new Condition("Accepted", null, "Pending", "this version has not been checked yet");
        }

        var serves = state.Accepted.TryGetValue(one.Id, out var old)
            && !old.IsSameAs(one) ? $" (generation {old.Generation} serves on)" : "";
        return new Condition("Accepted", false, "Faulty",
            string.Join("; ", faults.Take(10)
                .Select(f => f.Where.Field is { Length: > 0 } field ? $"{field}: {f.Message}" : f.Message)) + serves);
    }

    private static void Endpoint(EndpointPlan plan, JsonObject status, List<Condition> conditions)
    {
        var serving = plan.Pools.Count(p => p.Serves);
        var answers = plan.Shape.FixedOrder.Select(i => plan.Pools[i]).Where(p => p.Serves)
            .SelectMany(p => p.Addresses.Where(a => a.IsUp)).Select(a => a.Shape.Value).Distinct().ToArray();
        var unknown = plan.Pools.Count(p => p.State == PoolState.Unknown);
        var down = plan.Pools.Where(p => !p.Serves && p.State != PoolState.Unknown)
            .Select(p => $"{p.Shape.Pool.Name} is {p.State.ToString().ToLowerInvariant()}").ToArray();
        conditions.Add(!plan.Endpoint.Enabled
            ? new Condition("Ready", false, "Disabled", "it is defined and probed, and not answered")
            : serving > 0 ? new Condition("Ready", true, "Serving", $"{serving} of {plan.Pools.Length} pools serve")
            : unknown > 0
            ? new Condition("Ready", null, "Probing", $"no pool serves yet; {unknown} of {plan.Pools.Length} pools "
                + "are not probed, or have no address yet")
            : new Condition("Ready", false, "AllDown",
                $"no pool serves; whenAllDown says {plan.Endpoint.WhenAllDown}"));
        conditions.Add(down.Length == 0 ? unknown > 0
                ? new Condition("Degraded", false, "Probing", "no pool is down")
                : new Condition("Degraded", false, "AllUp", "every pool serves")
            : new Condition("Degraded", true, "PoolsDown", string.Join("; ", down.Take(20))));
        status["poolsUp"] = $"{serving}/{plan.Pools.Length}";
        status["answer"] = answers.Length == 0 ? plan.Endpoint.WhenAllDown.ToString()
            : string.Join(", ", answers.Take(3)) + (answers.Length > 3 ? $" and {answers.Length - 3} more" : "");
        status["answers"] = new JsonArray([.. answers.Take(MaxListed).Select(a => (JsonNode)a)]);
        status["decisions"] = new JsonArray([.. plan.Pools.Take(MaxListed).Select(p => (JsonNode)Drop(new JsonObject
        {
            ["pool"] = p.Shape.Pool.Name,
            ["site"] = p.Shape.Site?.Name,
            ["state"] = p.State.ToString(),
            ["since"] = Time(p.Since),
            ["reason"] = ReasonOf(p),
        }))]);
    }

    private static void Pool(PoolPlan? pool, JsonObject status, List<Condition> conditions)
    {
        if (pool is null)
        {
            conditions.Add(new Condition("Ready", null, "Unused", "no endpoint uses it"));
            return;
        }

        conditions.Add(new Condition("Ready",
            pool.State switch { PoolState.Up or PoolState.Guarded => true, PoolState.Unknown => null, _ => false },
            pool.State.ToString(), ReasonOf(pool)));
        status["addressesUp"] = $"{pool.Addresses.Count(a => a.IsUp)}/{pool.Addresses.Length}";
        status["addresses"] = new JsonArray([.. pool.Addresses.Take(MaxListed).Select(a => (JsonNode)Drop(new JsonObject
        {
            ["value"] = a.Shape.Value,
            ["from"] = a.Shape.Source.Origin,
            ["verdict"] = a.State.ToString(),
            ["since"] = a.Verdict.Since == DateTimeOffset.MinValue ? null : Time(a.Verdict.Since),
            ["reason"] = ReasonOf(a),
        }))]);
    }

    private static void Cluster(DiscoveredCluster cluster, JsonObject status, List<Condition> conditions)
    {
        status["objects"] = cluster.ObjectCount;
        if (cluster.Fault is not null && cluster.AnsweredAt is { } answered)
            status["answeredAt"] = Time(answered);
        conditions.Add(cluster.IsReachable is null
            ? new Condition("Reachable", null, "NotAsked", "its API server has not been asked yet")
            : cluster.Fault is { } fault
            ? new Condition("Reachable", false, "NotReached",
                $"{fault}; that says nothing of what runs in it, and the probes decide")
            : new Condition("Reachable", true, cluster.Synced ? "Watched" : "Syncing",
                cluster.Synced ? "its objects are watched" : "its objects are being read"));
    }

    private static void Export(ImmutableSortedDictionary<string, string?> clusters, JsonObject status,
        List<Condition> conditions)
    {
        var failed = clusters.Where(c => c.Value is not null).Select(c => $"{NameOf(c.Key)}: {c.Value}").ToArray();
        var counts = $"{clusters.Count - failed.Length}/{clusters.Count}";
        conditions.Add(failed.Length == 0
            ? new Condition("Exported", true, "Written", $"{counts} clusters have the Service")
            : new Condition("Exported", false, "NotWritten",
                $"{counts} clusters have the Service; {string.Join("; ", failed.Take(10))}"));
        status["exported"] = counts;
        status["clusters"] = new JsonArray([.. clusters.Take(MaxListed).Select(c => (JsonNode)Drop(new JsonObject
        {
            ["name"] = NameOf(c.Key),
            ["exported"] = c.Value is null,
            ["reason"] = c.Value,
        }))]);

        static string NameOf(string cluster) => cluster.Length == 0 ? "the resources' own cluster" : cluster;
    }

    private static void Agent(AgentState agent, JsonObject status, List<Condition> conditions)
    {
        status["connections"] = agent.Connections;
        status["services"] = agent.Services;
        conditions.Add(agent.Connections > 0
            ? new Condition("Connected", true, "TunnelsStand",
                $"{agent.Connections} tunnels of {agent.Processes} {(agent.Processes == 1 ? "process" : "processes")}")
            : new Condition("Connected", false, "NoTunnel", "no tunnel is connected to the node that writes this"));
        conditions.Add(agent.Refusal is { } refusal
            ? new Condition("Conflict", true, "Refused", refusal)
            : new Condition("Conflict", false, "None", "no tunnel was refused lately"));
    }

    private static string ReasonOf(PoolPlan pool)
    {
        if (pool.Addresses.IsEmpty)
            return "no address is known yet";
        var contrary = pool.Addresses.FirstOrDefault(a => !a.IsUp);
        var counts = $"{pool.Addresses.Count(a => a.IsUp)} of {pool.Addresses.Length} addresses are up";
        return contrary is null
            ? counts
            : $"{counts}; {contrary.Shape.Value}: {contrary.Override?.Reason ?? contrary.Verdict.Reason}";
    }

    private static string ReasonOf(AddressPlan address) => address.Override is { } applied
        ? $"{applied.State.ToString().ToLowerInvariant()} by {applied.Author}: {applied.Reason}"
        : address.Verdict.Reason;

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static JsonObject Drop(JsonObject document)
    {
        foreach (var (name, _) in document.Where(f => f.Value is null).ToArray())
            document.Remove(name);
        return document;
    }
}
