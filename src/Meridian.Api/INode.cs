using System.Collections.Immutable;
using Meridian.Api.Access;
using Meridian.Api.Contracts;
using Meridian.Health;
using Meridian.Health.Overrides;
using Meridian.Model;
using Meridian.Model.History;
using Meridian.Model.Loads;
using Meridian.Model.Records;
using Meridian.Model.Verdicts;
using Meridian.Steering;

namespace Meridian.Api;

/// <summary>What the management API sees of a running node.</summary>
public interface INode
{
    string Name { get; }

    DateTimeOffset StartedAt { get; }

    ResourceSet Resources { get; }

    SteeringTable Table { get; }

    HealthEngine Health { get; }

    OverrideBook Overrides { get; }

    /// <summary>When the configuration that is served was loaded.</summary>
    DateTimeOffset ConfiguredAt { get; }

    /// <summary>What is wrong with the configuration on disk; empty when it is the one that is served.</summary>
    ImmutableArray<Fault> ConfigurationFaults { get; }

    /// <summary>What is wrong with the state store, or null.</summary>
    string? StateFault { get; }

    /// <summary>Why the node is not ready, or null when it is.</summary>
    string? NotReady { get; }

    /// <summary>
    /// Requests under way from the node's gateway to an address of a pool; null where it has no gateway.
    /// </summary>
    int? InFlight(string pool, string address);

    /// <summary>What is known of the load of addresses.</summary>
    ILoads Loads { get; }

    /// <summary>What was wrong with the last reading of an address's metrics, or null.</summary>
    string? LoadFaultOf(LoadKey key);

    /// <summary>The caller's records, as they were written; asking is a sign of life.</summary>
    ImmutableArray<ClientRecord> RecordsOf(Caller caller);

    /// <summary>
    /// Takes changes of records, all or none; ends when they are served and kept. Gives why they are not taken, or
    /// null.
    /// </summary>
    Task<string?> ChangeRecordsAsync(Caller caller, RecordChanges changes);

    /// <summary>The tunnels that stand.</summary>
    ImmutableArray<TunnelStatus> Tunnels { get; }

    /// <summary>Certificate of the authority that agents trust, in PEM; null where no tunnels are taken.</summary>
    string? TunnelAuthority { get; }

    /// <summary>Makes a one-time code for an agent; null where no such agent can be enrolled here.</summary>
    Enrollment? Enroll(string agent);

    /// <summary>Ends when the word is in force and kept.</summary>
    Task SetOverrideAsync(Override word);

    /// <summary>False where there is none on the target.</summary>
    Task<bool> ClearOverrideAsync(OverrideTarget target, string author);

    /// <summary>The latest events, the newest first.</summary>
    ImmutableArray<HistoryEvent> RecentEvents(int count);

    /// <summary>Events as they happen, until cancelled.</summary>
    IAsyncEnumerable<HistoryEvent> FollowAsync(CancellationToken cancellationToken);
}
