using System.Collections.Immutable;
using Meridian.Dns.Serving;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model;

namespace Meridian.NameServer;

/// <summary>What compiling one zone gave: the zone, or what is wrong with it.</summary>
/// <param name="Origin">The zone's own name.</param>
/// <param name="Resource">Name of the resource that it is compiled from.</param>
/// <param name="Policy">
/// Who may do what with the zone; the resource gives it, so it holds for a faulty zone too.
/// </param>
/// <param name="Zone">The zone; null where there are faults.</param>
/// <param name="Faults">What is wrong with its data; empty for a sound zone.</param>
public sealed record CompiledZone(
    DnsName Origin, string Resource, ZonePolicy Policy, AuthoritativeZone? Zone, ImmutableArray<Fault> Faults)
{
    /// <summary>What a person should look at although the zone is served.</summary>
    public ImmutableArray<Fault> Warnings { get; init; } = [];
}
