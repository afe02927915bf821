using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>One NS record of a zone, with glue.</summary>
public sealed record ZoneNameServer
{
    [Field("Host name of the name server")]
    public required string Name { get; init; }

    [Field("Its IPv4 and IPv6 addresses, needed where the name is inside the zone")]
    public ImmutableArray<string> Addresses { get; init; } = [];
}
