using System.Collections.Immutable;
using Meridian.Addresses;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.NameServer.Delegation;

/// <summary>
/// A record set that the parent zone should have: NS records, or the address of a name server in the zone (glue).
/// </summary>
/// <param name="Name">Owner, in canonical form.</param>
/// <param name="Type"><c>NS</c>, <c>A</c> or <c>AAAA</c>.</param>
/// <param name="Values">Names or addresses, in order.</param>
public sealed record DelegationRecord(string Name, string Type, ImmutableArray<string> Values)
{
    /// <summary>
    /// What the parent of a zone should have (RFC 1034 section 4.2.1: glue for servers inside the zone, and none else).
    /// </summary>
    public static ImmutableArray<DelegationRecord> Of(Zone zone)
    {
        var origin = DomainName.TryNormalize(zone.Origin, null, out var name, out _) ? name : zone.Origin;
        var servers = zone.NameServers.Select(n => (Name: n.Name.TrimEnd('.').ToLowerInvariant(), n.Addresses))
            .OrderBy(n => n.Name, StringComparer.Ordinal).ToArray();
        var glue = servers.Where(s => DomainName.IsAtOrBelow(s.Name, origin))
            .SelectMany(s => s.Addresses.Select(a => (s.Name, Address: IpText.Parse(a))))
            .GroupBy(a => (a.Name, Type: a.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                ? "A" : "AAAA"))
            .Select(g => new DelegationRecord(g.Key.Name, g.Key.Type,
                [.. g.Select(a => a.Address.ToString()).Order(StringComparer.Ordinal)]));
        return [new DelegationRecord(origin, "NS", [.. servers.Select(s => s.Name)]), .. glue];
    }
}
