using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model;
using Meridian.NameServer;
using Meridian.Steering;

namespace Meridian.Running.Control;

/// <summary>What <see cref="NextState"/> has made of inputs: nothing of it is in force yet.</summary>
internal sealed record Prepared
{
    /// <summary>The configuration with all that was added to it.</summary>
    public required ResourceSet Resources { get; init; }

    public required ImmutableDictionary<string, string> RefusedContributions { get; init; }

    /// <summary>The new table; null where only zones are new.</summary>
    public SteeringTable? Table { get; init; }

    /// <summary>Where the steered names of <see cref="Zones"/> look for the table.</summary>
    public required SteeringHandle Handle { get; init; }

    public required ZoneSet Zones { get; init; }

    public required ImmutableDictionary<DnsName, ZoneFailure> ZoneFailures { get; init; }

    public required ImmutableDictionary<DnsName, ImmutableArray<Fault>> ZoneWarnings { get; init; }

    public required ImmutableArray<Fault> KeyFaults { get; init; }
}
