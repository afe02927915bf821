using System.Collections.Immutable;
using System.Globalization;
using Meridian.Geography;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Explaining;

/// <summary>Writes a decision as sentences.</summary>
internal static class StepWriter
{
    public static ImmutableArray<string> Write(
        EndpointPlan plan,
        GeoDatabase geo,
        Place? place,
        in ClientView client,
        ImmutableArray<PoolExplanation> pools,
        ImmutableArray<PoolExplanation> behind,
        SteeringDecision decision,
        AnswerExplanation answer,
        DateTimeOffset now)
    {
        var steps = ImmutableArray.CreateBuilder<string>();
        steps.Add($"{plan.Shape.Hostname} is endpoint {plan.Endpoint.Name}, policy {plan.Endpoint.Policy}, with " +
            $"{pools.Length} pool{(pools.Length == 1 ? "" : "s")}.");
        steps.Add(Client(geo, place));
        steps.Add(plan.PoolOrder.Explain(plan, client, place, pools));
        steps.AddRange(pools.Where(p => p.WeightReason is not null).OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(Weight));
        foreach (var pool in pools.Where(p => p.State != nameof(PoolState.Up)))
            steps.Add(Passed(pool));
        foreach (var pool in pools.Where(p => p.Share < 1))
            steps.Add($"Pool {pool.Name} came back from an outage and gets {pool.Share:P0} of its share for now.");
        steps.Add(Chosen(plan, pools, decision, answer));
        if (plan.Behind is not null)
            steps.Add(Forwarded(behind));
        steps.Add($"TTL {answer.Ttl} s, between {plan.Endpoint.EffectiveMinTtl.TotalSeconds:0} and " +
            $"{plan.Endpoint.Ttl.TotalSeconds:0} s: {plan.TtlReason(now)}.");
        steps.Add(decision.ScopeBits == 0
            ? "The answer does not depend on the client's network (ECS scope 0)."
            : $"Every client in the same /{decision.ScopeBits} gets the same answer (ECS scope {decision.ScopeBits}).");
        return steps.ToImmutable();
    }

    private static string Weight(PoolExplanation pool)
    {
        var at = pool.Utilisation is { } used ? string.Create(CultureInfo.InvariantCulture, $" at {used:P0}") : "";
        return $"Pool {pool.Name} has weight {pool.Weight}{at}: {pool.WeightReason}.";
    }

    private static string Forwarded(ImmutableArray<PoolExplanation> behind)
    {
        if (behind.FirstOrDefault(p => p.State is nameof(PoolState.Up) or nameof(PoolState.Guarded)) is not { } first)
            return "This node's gateway has no pool that is up to send such a request to.";
        var up = first.Addresses.Where(a => a.State == "Up").ToArray();
        var where = up.Length > 1 ? $", one of {up.Length} addresses" : $": {up.FirstOrDefault()?.Value}";
        return $"This node's gateway sends such a request to pool {first.Name}{where}.";
    }

    private static string Client(GeoDatabase geo, Place? place)
    {
        if (geo.IsEmpty)
            return "Where the client is, is not known: no --geo database is loaded.";
        return place is null
            ? "Where the client is, is not known: no database has its address."
            : $"The client is in {place}" + (place.Point is { } p
                ? string.Create(CultureInfo.InvariantCulture, $" ({p.Latitude:0.##}, {p.Longitude:0.##}).")
                : ".");
    }

    private static string Passed(PoolExplanation pool)
    {
        var why = pool.Addresses.FirstOrDefault(a => a.State != "Up");
        var reason = why is null ? "" : $"; {why.Value}: {why.Override ?? why.Reason}"
            + (why.Disagreement is { } disagreement ? $" ({disagreement})" : "");
        return pool.State switch
        {
            nameof(PoolState.Guarded) =>
                $"Pool {pool.Name} is down, but the endpoint's guard keeps it in the answer{reason}.",
            nameof(PoolState.Unknown) => $"Pool {pool.Name} has not been probed yet.",
            nameof(PoolState.Draining) => $"Pool {pool.Name} is drained{reason}.",
            _ => $"Pool {pool.Name} is down: {pool.Up} of {pool.Addresses.Length} addresses are up and " +
                $"{pool.MinHealthy} must be{reason}.",
        };
    }

    private static string Chosen(EndpointPlan plan, ImmutableArray<PoolExplanation> pools, SteeringDecision decision,
        AnswerExplanation answer)
    {
        var values = string.Join(", ", answer.Values);
        if (decision.AllDown)
        {
            return decision.Outcome switch
            {
                Outcome.Failure => "No pool is up, and whenAllDown is ServFail: the server fails the query.",
                Outcome.NoData =>
                    $"No pool is up, and whenAllDown is {plan.Endpoint.WhenAllDown}: the answer is empty.",
                _ => $"No pool is up, and whenAllDown is {plan.Endpoint.WhenAllDown}: {values}.",
            };
        }

        var chosen = pools.Where(p => p.Chosen)
            .Select(p => $"{p.Name} (policy {plan.Pools.First(x => x.Shape.Pool.Name == p.Name).Shape.Pool.Policy})");
        return decision.Outcome == Outcome.NoData
            ? "The first pool that is up has no address of this kind: the answer is empty."
            : $"The answer comes from pool {string.Join(" and ", chosen)}: {values}.";
    }
}
