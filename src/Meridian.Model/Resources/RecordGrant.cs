using System.Collections.Immutable;
using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Model.Resources;

/// <summary>Records that may be written: those that match the zone, the name and the type.</summary>
public sealed record RecordGrant
{
    [Field("Origins of zones", MaxItems = 256)]
    public required ImmutableArray<string> Zones { get; init; }

    [Field("Patterns of names in them, such as `*.ai.example.com`, where `*` stands for anything",
        Default = "every name", MaxItems = 256)]
    public ImmutableArray<string> Names { get; init; } = [];

    [Field("Record types", MaxItems = 64)]
    public ImmutableArray<string> Types { get; init; } = ["A", "AAAA", "CNAME", "TXT"];

    /// <summary>Whether a record of the name, in canonical form, and the type may be written.</summary>
    public bool Allows(string name, string type) =>
        Types.Any(t => t.Equals(type, StringComparison.OrdinalIgnoreCase))
        && Zones.Any(z => DomainName.TryNormalize(z, null, out var zone, out _) && DomainName.IsAtOrBelow(name, zone))
        && (Names.IsEmpty || Names.Any(n => Glob.IsMatch(n.TrimEnd('.').ToLowerInvariant(), name)));
}
