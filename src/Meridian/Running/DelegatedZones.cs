using Meridian.Model;
using Meridian.NameServer.Delegation;
using Meridian.Operator.Exporting;

namespace Meridian.Running;

/// <summary>The zones whose delegation is written for the parent's own tools.</summary>
internal static class DelegatedZones
{
    public static DelegatedZone[] Of(ResourceSet resources) =>
    [
        .. resources.Zones.Where(z => z.Delegation is not null && !z.NameServers.IsEmpty)
            .Select(z => new DelegatedZone(z.Name, z.Delegation!.Ttl,
                [.. DelegationRecord.Of(z).Select(r => (r.Name, r.Type, r.Values))])),
    ];
}
