using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Model;
using Meridian.Operator.Discovering;
using Meridian.Operator.Exporting;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.Operator.Status;

/// <summary>What the status of all objects is made from: what a node knows at one moment.</summary>
/// <param name="Objects">The objects as the API server has them.</param>
/// <param name="Accepted">The versions that are served, by id.</param>
/// <param name="Refused">The objects whose latest version is not served, by id, with the faults.</param>
/// <param name="Table">The steering table.</param>
/// <param name="Discovery">What is known of clusters.</param>
/// <param name="Serials">Zone name → SOA serial.</param>
/// <param name="Agents">TunnelAgent → its state at this node; empty where the node accepts no tunnels.</param>
public sealed record StatusInput(
    IReadOnlyCollection<ConfigurationObject> Objects,
    ImmutableDictionary<string, ConfigurationObject> Accepted,
    ImmutableDictionary<string, ImmutableArray<Fault>> Refused,
    SteeringTable Table,
    Discovery Discovery,
    ImmutableDictionary<string, uint> Serials,
    ImmutableDictionary<string, AgentState> Agents)
{
    /// <summary>What became of exported services; none of them where this node does not lead.</summary>
    public ExportReport Exports { get; init; } = ExportReport.None;

    /// <summary>Zone → why its delegation is not written; null for those that are.</summary>
    public ImmutableSortedDictionary<string, string?> Delegations { get; init; } =
        ImmutableSortedDictionary<string, string?>.Empty;

    private FrozenDictionary<string, EndpointPlan>? _endpoints;
    private FrozenDictionary<string, PoolPlan>? _pools;

    /// <summary>
    /// Whether no status can be different. The parts are immutable, so that most of them are compared by reference.
    /// </summary>
    internal bool IsSameAs(StatusInput? other) =>
        other is not null && ReferenceEquals(Table, other.Table) && ReferenceEquals(Accepted, other.Accepted)
        && ReferenceEquals(Refused, other.Refused) && ReferenceEquals(Discovery, other.Discovery)
        && ReferenceEquals(Exports, other.Exports) && ReferenceEquals(Delegations, other.Delegations)
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
