using System.Collections.Immutable;
using Meridian.Model.Records;
using Meridian.Model.Values;

namespace Meridian.ExternalDns;

/// <summary>The zones that this provider is limited to; none for everything that the nodes allow.</summary>
internal sealed record DomainFilter(ImmutableArray<string> Zones)
{
    /// <param name="zones">Names of zones, in any form.</param>
    public static DomainFilter Of(ImmutableArray<string> zones) =>
        new([.. zones.Select(z => DomainName.TryNormalize(z, null, out var zone, out _) ? zone : z)]);

    /// <summary>
    /// The part of a scope that is inside the filter: a filter narrows what the nodes allow and never widens it.
    /// </summary>
    public RecordScope Limit(RecordScope scope) => Zones.IsEmpty ? scope : scope with
    {
        Zones =
        [
            .. (from allowed in scope.Zones
                from zone in Zones
                where DomainName.IsAtOrBelow(allowed, zone) || DomainName.IsAtOrBelow(zone, allowed)
                select DomainName.IsAtOrBelow(allowed, zone) ? allowed : zone).Distinct(),
        ],
    };
}
