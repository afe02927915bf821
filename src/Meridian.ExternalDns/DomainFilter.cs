using System.Collections.Immutable;
using Meridian.Model.Records;
using Meridian.Model.Values;

namespace Meridian.ExternalDns;

/// <summary>The zones that this provider is limited to; none for everything that the nodes allow.</summary>
internal sealed record DomainFilter(ImmutableArray<string> Zones)
{
    /// <param name="zones">Names of zones, in any form.</param>
    public static DomainFilter Of(ImmutableArray<string> zones) =>
        new([.. zones.Select(z => z.TrimEnd('.').ToLowerInvariant())]);

    /// <summary>
    /// The part of a scope that is inside the filter: a filter narrows what the nodes allow and never widens it.
    /// </summary>
    public RecordScope Limit(RecordScope scope) => Zones.IsEmpty ? scope : scope with
    {
        Zones =
        [
            .. (from allowed in scope.Zones
                from zone in Zones
                where HostName.IsAtOrBelow(allowed, zone) || HostName.IsAtOrBelow(zone, allowed)
                select HostName.IsAtOrBelow(allowed, zone) ? allowed : zone).Distinct(),
        ],
    };
}
