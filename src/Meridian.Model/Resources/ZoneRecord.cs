using System.Collections.Immutable;
using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Model.Resources;

/// <summary>One record set of a zone.</summary>
public sealed record ZoneRecord
{
    [Field("Owner name, relative to the origin; `@` is the origin itself")]
    public required string Name { get; init; }

    [Field("Record type, such as `A`, `TXT` or `TYPE65280`")]
    public required string Type { get; init; }

    [Field("Time to live", Min = "0s", Max = "24855d", Default = "the zone's `ttl`")]
    public TimeSpan? Ttl { get; init; }

    [Field("The data of each record, in master-file form")]
    public required ImmutableArray<string> Data { get; init; }

    /// <summary>Where it was read.</summary>
    public Location Location { get; init; }

    /// <summary>Whether it says where its owner is reached, as a steered name does.</summary>
    internal bool IsAddressOrAlias => Type.ToUpperInvariant() is "A" or "AAAA" or "CNAME";

    /// <summary>The full name of its owner in canonical form.</summary>
    /// <param name="origin">The zone's origin in canonical form.</param>
    internal string OwnerIn(string origin) =>
        DomainName.TryNormalize(Name, origin, out var owner, out _) ? owner : Name.ToLowerInvariant();
}
