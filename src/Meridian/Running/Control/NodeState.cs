using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Health.Overrides;
using Meridian.Model;
using Meridian.NameServer;
using Meridian.Operator.Discovering;
using Meridian.Steering;

namespace Meridian.Running.Control;

/// <summary>
/// Everything that a node knows and serves at one moment. Immutable, behind one reference that the
/// <see cref="ControlLoop"/> alone replaces: who reads it sees parts that belong together.
/// </summary>
internal sealed record NodeState
{
    /// <summary>What the table and the zones are made of.</summary>
    public required NodeInputs Inputs { get; init; }

    /// <summary>When the configuration that is served was applied.</summary>
    public DateTimeOffset ConfiguredAt { get; init; }

    /// <summary>Faults of the configuration on disk, which is not served because of them.</summary>
    public ImmutableArray<Fault> DiskFaults { get; init; } = [];

    /// <summary>Custom resources whose latest version is not served, with the faults, by id.</summary>
    public ImmutableDictionary<string, ImmutableArray<Fault>> RefusedObjects { get; init; } =
        ImmutableDictionary<string, ImmutableArray<Fault>>.Empty;

    /// <summary>The configuration with what clusters, clients and gateways have added to it.</summary>
    public ResourceSet Resources { get; init; } = ResourceSet.Empty;

    /// <summary>What was offered to endpoints and is not used, with the reason, by source.</summary>
    public ImmutableDictionary<string, string> RefusedContributions { get; init; } =
        ImmutableDictionary<string, string>.Empty;

    /// <summary>The steering table that answers now.</summary>
    public SteeringTable Table { get; init; } = SteeringTable.Empty;

    /// <summary>Where the steered names of <see cref="Zones"/> look for the table.</summary>
    public SteeringHandle Handle { get; init; } = new();

    /// <summary>The zones as they were compiled; they have no published serial yet.</summary>
    public ZoneSet Zones { get; init; } = ZoneSet.Empty;

    /// <summary>What is wrong with the zones that serve their last good data, or SERVFAIL, by origin.</summary>
    public ImmutableDictionary<DnsName, ZoneFailure> ZoneFailures { get; init; } =
        ImmutableDictionary<DnsName, ZoneFailure>.Empty;

    /// <summary>What a person should look at in zones that are served, by origin.</summary>
    public ImmutableDictionary<DnsName, ImmutableArray<Fault>> ZoneWarnings { get; init; } =
        ImmutableDictionary<DnsName, ImmutableArray<Fault>>.Empty;

    /// <summary>What is wrong with shared keys (TSIG) that serve their last good secret, or none.</summary>
    public ImmutableArray<Fault> KeyFaults { get; init; } = [];

    public OverrideBook Overrides { get; init; } = OverrideBook.Empty;

    /// <summary>What readiness in clusters says of addresses.</summary>
    public ReadinessBook Readiness { get; init; } = ReadinessBook.Empty;

    /// <summary>Whether the node sends clients to others: it is about to stop, or is drained.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>Everything that people must be told is wrong with the configuration.</summary>
    public ImmutableArray<Fault> Faults =>
    [
        .. DiskFaults,
        .. RefusedObjects.OrderBy(r => r.Key, StringComparer.Ordinal).SelectMany(r => r.Value),
        .. ZoneFailures.OrderBy(z => z.Key.ToString(), StringComparer.Ordinal).SelectMany(z => z.Value.Faults),
        .. KeyFaults,
    ];
}
