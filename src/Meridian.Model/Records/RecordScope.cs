using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Records;

/// <summary>Where a client may write records.</summary>
/// <param name="Zones">Origins of zones, in canonical form.</param>
/// <param name="Grants">What is granted in them; null for everything.</param>
public sealed record RecordScope(ImmutableArray<string> Zones, IReadOnlyList<RecordGrant>? Grants)
{
    /// <summary>Whether a record of the name, in canonical form, and the type may be written.</summary>
    public bool Allows(string name, string type) =>
        Zones.Any(z => DomainName.IsAtOrBelow(name, z)) && (Grants is null || Grants.Any(g => g.Allows(name, type)));
}
