using System.Collections.Immutable;
using System.Net;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Serving;

/// <summary>
/// Allows a request that is signed with a key, comes from a network, or both, as far as the rule names them.
/// </summary>
/// <param name="Key">Name of the key; null for any, or none.</param>
/// <param name="Networks">Networks; any where empty.</param>
public sealed record AccessRule(DnsName? Key, ImmutableArray<IPNetwork> Networks)
{
    public bool Allows(IPAddress client, SharedKey? key) =>
        (Key is null || Key.Equals(key?.Name)) && (Networks.IsEmpty || Networks.Any(n => n.Contains(client)));
}
