using System.Collections.Immutable;
using Meridian.Model;
using Meridian.Operator.Discovering;
using Meridian.Steering;

namespace Meridian.Operator.Status;

/// <summary>What a node knows at one moment, as far as the status of objects tells it.</summary>
/// <param name="Objects">The objects as the API server has them.</param>
/// <param name="Taken">The versions that serve, by id.</param>
/// <param name="Refused">The latest versions that do not, with the faults.</param>
/// <param name="Table">The steering table.</param>
/// <param name="Discovery">What clusters say.</param>
/// <param name="Serials">Zone name → SOA serial.</param>
public sealed record NodeState(
    IReadOnlyCollection<ConfigurationObject> Objects,
    ImmutableDictionary<string, ConfigurationObject> Taken,
    ImmutableDictionary<string, ImmutableArray<Fault>> Refused,
    SteeringTable Table,
    Discovery Discovery,
    ImmutableDictionary<string, uint> Serials);
