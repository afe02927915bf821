using Meridian.Dns.Wire;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.Running.Control;

/// <summary>
/// Whether zones can serve on under another table. A zone refers to its steered names by their place in the table, so
/// that it can where the same endpoints stand in the same places: after a name has resolved, say, or a weight has
/// changed.
/// </summary>
internal static class ZoneReuse
{
    /// <summary>Zones that are compiled by themselves; more are compiled together.</summary>
    private const int MaxSingly = 8;

    public static bool IsPossible(NodeState before, ResourceSet resources, NodeInputs inputs, SteeringTable table) =>
        before.ZoneFailures.IsEmpty && before.KeyFaults.IsEmpty
        && ReferenceEquals(before.Inputs.Zones, inputs.Zones)
        && ReferenceEquals(before.Inputs.Configuration, inputs.Configuration)
        && before.Resources.Zones.Select(z => z.Origin).SequenceEqual(resources.Zones.Select(z => z.Origin))
        && ChangedZones(before, resources).Count() <= MaxSingly
        && HaveSameNames(before.Table, table);

    /// <summary>The zones whose own records are others than before.</summary>
    public static DnsName[] ChangedOrigins(NodeState before, ResourceSet resources) =>
        [.. ChangedZones(before, resources).Select(z => DnsName.Parse(z.Origin))];

    private static IEnumerable<Zone> ChangedZones(NodeState before, ResourceSet resources) =>
        resources.Zones.Zip(before.Resources.Zones).Where(z => !ReferenceEquals(z.First, z.Second))
            .Select(z => z.First);

    private static bool HaveSameNames(SteeringTable before, SteeringTable now) =>
        before.Endpoints.Length == now.Endpoints.Length
        && before.Endpoints.Zip(now.Endpoints).All(e => ReferenceEquals(e.First.Shape, e.Second.Shape)
            || HaveSameNames(e.First.Shape, e.Second.Shape));

    private static bool HaveSameNames(EndpointShape before, EndpointShape now) =>
        before.Hostname == now.Hostname && before.Endpoint.Enabled == now.Endpoint.Enabled
        && Equals(before.Endpoint.Https, now.Endpoint.Https) && AliasesOf(before).SetEquals(AliasesOf(now));

    // What is answered as a CNAME is in the zone's own data.
    private static HashSet<string> AliasesOf(EndpointShape shape) =>
        [.. shape.Pools.SelectMany(p => p.Addresses).Concat(shape.Fallback).Where(a => a.Ip is null)
            .Select(a => a.Value)];
}
