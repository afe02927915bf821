using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Model;
using Meridian.Operator.Discovering;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.Operator.Status;

/// <summary>What a node knows at one moment, as far as the status of objects tells it.</summary>
/// <param name="Objects">The objects as the API server has them.</param>
/// <param name="Taken">The versions that serve, by id.</param>
/// <param name="Refused">The latest versions that do not, with the faults.</param>
/// <param name="Table">The steering table.</param>
/// <param name="Discovery">What clusters say.</param>
/// <param name="Serials">Zone name → SOA serial.</param>
/// <param name="Agents">TunnelAgent → how it is at this node; empty where no tunnels are taken.</param>
public sealed record NodeState(
    IReadOnlyCollection<ConfigurationObject> Objects,
    ImmutableDictionary<string, ConfigurationObject> Taken,
    ImmutableDictionary<string, ImmutableArray<Fault>> Refused,
    SteeringTable Table,
    Discovery Discovery,
    ImmutableDictionary<string, uint> Serials,
    ImmutableDictionary<string, AgentState> Agents)
{
    private FrozenDictionary<string, EndpointPlan>? _endpoints;
    private FrozenDictionary<string, PoolPlan>? _pools;

    /// <summary>
    /// Whether nothing that a status tells of can be different. All parts are immutable, so that the same one says the
    /// same.
    /// </summary>
    internal bool IsSameAs(NodeState? other) =>
        other is not null && ReferenceEquals(Table, other.Table) && ReferenceEquals(Taken, other.Taken)
        && ReferenceEquals(Refused, other.Refused) && ReferenceEquals(Discovery, other.Discovery)
        && Objects.Count == other.Objects.Count
        && Serials.Count == other.Serials.Count && Serials.All(s => other.Serials.GetValueOrDefault(s.Key) == s.Value)
        && Agents.Count == other.Agents.Count && Agents.All(a => other.Agents.GetValueOrDefault(a.Key) == a.Value);

    /// <summary>The endpoints by name.</summary>
    internal FrozenDictionary<string, EndpointPlan> Endpoints =>
        _endpoints ??= Table.Endpoints.ToFrozenDictionary(e => e.Endpoint.Name);

    /// <summary>The pools by name, as the first endpoint that uses them sees them.</summary>
    internal FrozenDictionary<string, PoolPlan> Pools => _pools ??=
        Table.Endpoints.SelectMany(e => e.AllPools).DistinctBy(p => p.Shape.Pool.Name)
        .ToFrozenDictionary(p => p.Shape.Pool.Name);
}
