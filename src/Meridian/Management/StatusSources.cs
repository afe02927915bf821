using System.Collections.Immutable;
using Meridian.Api.Contracts;
using Meridian.Health;
using Meridian.Health.Overrides;
using Meridian.Model;
using Meridian.Model.Loads;
using Meridian.Model.Verdicts;
using Meridian.Steering;
using Meridian.Steering.Explaining;

namespace Meridian.Management;

/// <summary>What a status report is made of. Every function gives the snapshot that is served now.</summary>
internal sealed record StatusSources
{
    /// <summary>Name of the node.</summary>
    public required string Node { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Why the node is not ready; null when it is.</summary>
    public required Func<string?> NotReady { get; init; }

    /// <summary>What a person should see to, though the node serves.</summary>
    public required Func<ImmutableArray<string>> Warnings { get; init; }

    public required Func<ConfigurationStatus> Configuration { get; init; }

    /// <summary>What is wrong with the state store; null for nothing.</summary>
    public required Func<string?> StateFault { get; init; }

    public required Func<ResourceSet> Resources { get; init; }

    public required Func<SteeringTable> Table { get; init; }

    public required Func<OverrideBook> Overrides { get; init; }

    public required HealthEngine Health { get; init; }

    /// <summary>What is held of a target, by all nodes where several judge; null where it is not probed.</summary>
    public required Func<ProbeKey, Verdict?> VerdictOf { get; init; }

    /// <summary>Every node's word on a target; empty where all agree.</summary>
    public required Func<ProbeKey, ImmutableArray<VoteExplanation>> VotesOn { get; init; }

    public required ILoads Loads { get; init; }

    /// <summary>What was wrong with the last reading of an address's metrics; null for nothing.</summary>
    public required Func<LoadKey, string?> LoadFaultOf { get; init; }

    /// <summary>
    /// Requests under way from the node's gateway to an address of a pool; null where it has no gateway.
    /// </summary>
    public required Func<string, string, int?> InFlight { get; init; }
}
