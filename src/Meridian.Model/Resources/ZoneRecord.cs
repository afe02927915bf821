using System.Collections.Immutable;
using Meridian.Model.Binding;

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
}
